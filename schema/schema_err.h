/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * Errors. Owns the list of codes and their sentences. A code is a promise to callers, a message
 * is for people. Never allocates, never prints. Any thread. Nothing to free. A code that has
 * crossed a function is 0 or negative; positive values are ordinary answers (a row, a count).
 */
#ifndef JC_SCHEMA_ERR_H
#define JC_SCHEMA_ERR_H

/* name, code, word for logs and JSON, Chinese sentence, English sentence */
#define JC_ERR_MAP(XX)                                                                             \
	XX(NOMEM, -1, "nomem", "内存不够，请关掉别的程序再试", "Out of memory; close other programs and try again")     \
	XX(INVAL, -2, "invalid", "填写的内容不合要求", "The input is not valid")                              \
	XX(NOTFOUND, -3, "not-found", "没有找到", "Not found")                                           \
	XX(EXISTS, -4, "exists", "已经有了", "It already exists")                                        \
	XX(CORRUPT, -5, "corrupt", "数据有损坏，请运行 jiceng verify", "Stored data is damaged; run jiceng verify") \
	XX(BUSY, -6, "busy", "数据正被占用，请稍后再试", "The data is in use; try again in a moment")              \
	XX(IO, -7, "io", "读写磁盘出错，请检查磁盘", "The disk could not be read or written; check it")             \
	XX(FULL, -8, "full", "磁盘满了，请腾出空间", "The disk is full; free some space")                        \
	XX(LIMIT, -9, "limit", "超过了允许的大小", "Over the allowed size")                                  \
	XX(FORMAT, -10, "format", "内容格式不对", "Malformed bytes")                                        \
	XX(SIGNATURE, -11, "signature", "签名不对", "Bad signature")                                       \
	XX(DENIED, -12, "denied", "没有权限", "Not permitted")                                             \
	XX(STALE, -13, "stale", "内容已被更新，请重新读取", "It has changed meanwhile; read it again")               \
	XX(NEWER, -14, "newer", "数据来自更新的版本，请升级程序", "Written by a newer program; please upgrade")       \
	XX(NETWORK, -15, "network", "现在没有网络，内容都已存在本机", "No line now; everything is kept on this PC")   \
	XX(TIMEOUT, -16, "timeout", "对方太久没有回应", "The other side took too long")                         \
	XX(CANCELLED, -17, "cancelled", "已取消", "Cancelled")                                             \
	XX(STATE, -18, "state", "现在还不能这样做", "Not possible in this state")                              \
	XX(LOCKED, -19, "locked", "这个文件夹已有一个程序在用", "Another program is using this folder")            \
	XX(INTERNAL, -20, "internal", "程序内部出错", "Internal error")                                     \
	XX(USAGE, -21, "usage", "命令写法不对", "Wrong usage")                                              \
	XX(PARTIAL, -22, "partial", "只完成了一部分", "Only partly done")

enum jc_code {
	JC_OK = 0,
#define XX(name, code, word, zh, en) JC_E##name = code,
	JC_ERR_MAP(XX)
#undef XX
};

enum jc_lang { JC_LANG_ZH = 0, JC_LANG_EN = 1 };

/* What went wrong, for people. Caller-owned; copying the struct copies everything. */
struct jc_err {
	int code;          /* enum jc_code, 0 when nothing went wrong */
	const char *where; /* static name of the function or module that found it */
	char msg[512];     /* one sentence that says what to do; never personal data of others */
	char cause[512];   /* the library's or system's own words, shown with -v; may be empty */
};

/* Picks the sentence of the calling thread's language. Both are literals at the call site. */
#define JC_T(zh, en) (jc_lang_get() == JC_LANG_EN ? (en) : (zh))

/* The calling thread's language; a new thread starts with the process's default. */
enum jc_lang jc_lang_get(void);

/* Sets the calling thread's language; with `all` non-zero also the default of later threads. */
void jc_lang_set(enum jc_lang lang, int all);

/* Fills `err` (may be NULL) and returns `code`, so that `return jc_err_set(...)` reads well. */
int jc_err_set(struct jc_err *err, int code, const char *where, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds the technical cause to an error that is already set. Truncates. Returns err's code (with err NULL
 * the one that was just set on this thread). */
int jc_err_cause(struct jc_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Puts context before the message ("第3行：") and keeps the code. Returns err's code. */
int jc_err_prefix(struct jc_err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Sets the code's own sentence. */
int jc_err_code(struct jc_err *err, int code, const char *where);

/* The stable word of a code ("busy"), for logs and JSON. Never NULL. */
const char *jc_err_word(int code);

/* The code's own sentence in the thread's language. Never NULL. */
const char *jc_err_sentence(int code);

/* Out of memory, in one word at the call site. */
#define JC_NOMEM(err, where) jc_err_code((err), JC_ENOMEM, (where))

#endif
