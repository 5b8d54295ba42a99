/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The command line. One table says which commands there are, which options and arguments they take and
 * what the help says; parsing, usage and --help all walk it. A command is one file with one `struct
 * jc_cmd` and one line in JC_CMD_MAP. A command prints data on standard output and returns an error; it
 * neither prints errors nor ends the process.
 */
#ifndef JC_AGENT_CMD_H
#define JC_AGENT_CMD_H

#include <stddef.h>
#include <stdint.h>

#include "../sync/sync_node.h"

/* Every command, in the order of the help. A new one is a line here and a file cmd_<name>.c. */
#define JC_CMD_MAP(XX)                                                                             \
	XX(branch_init)                                                                            \
	XX(hub_init)                                                                               \
	XX(hub_invite)                                                                             \
	XX(hub_address)                                                                            \
	XX(hub_renew)                                                                              \
	XX(hub_rekey)                                                                              \
	XX(practice)                                                                               \
	XX(hub_devices)                                                                            \
	XX(hub_revoke)                                                                             \
	XX(hub_accept)                                                                             \
	XX(serve)                                                                                  \
	XX(join)                                                                                   \
	XX(sync)                                                                                   \
	XX(bundle_write)                                                                           \
	XX(bundle_read)                                                                            \
	XX(attach_list)                                                                            \
	XX(attach_get)                                                                             \
	XX(attach_clean)                                                                           \
	XX(attach)                                                                                 \
	XX(return)                                                                                 \
	XX(tray_resend)                                                                            \
	XX(tray_withdraw)                                                                          \
	XX(tray_export)                                                                            \
	XX(tray)                                                                                   \
	XX(add)                                                                                    \
	XX(set)                                                                                    \
	XX(show)                                                                                   \
	XX(search)                                                                                 \
	XX(list)                                                                                   \
	XX(void)                                                                                   \
	XX(unvoid)                                                                                 \
	XX(undo)                                                                                   \
	XX(step)                                                                                   \
	XX(tasks)                                                                                  \
	XX(collective)                                                                             \
	XX(template_list)                                                                          \
	XX(template_issue)                                                                         \
	XX(check_start)                                                                            \
	XX(check_show)                                                                             \
	XX(check_pass)                                                                             \
	XX(check_item)                                                                             \
	XX(history)                                                                                \
	XX(field_add)                                                                              \
	XX(field_list)                                                                             \
	XX(field_hide)                                                                             \
	XX(form_add)                                                                               \
	XX(form_list)                                                                              \
	XX(form_hide)                                                                              \
	XX(import)                                                                                 \
	XX(pending)                                                                                \
	XX(pending_fix)                                                                            \
	XX(pending_retry)                                                                          \
	XX(pending_discard)                                                                        \
	XX(export)                                                                                 \
	XX(fill)                                                                                   \
	XX(print)                                                                                  \
	XX(report)                                                                                 \
	XX(figures)                                                                                \
	XX(settings)                                                                               \
	XX(clock)                                                                                  \
	XX(status)                                                                                 \
	XX(conflicts)                                                                              \
	XX(duplicates)                                                                             \
	XX(merge)                                                                                  \
	XX(unmerge)                                                                                \
	XX(distinct)                                                                               \
	XX(resolve)                                                                                \
	XX(corrections)                                                                            \
	XX(object)                                                                                 \
	XX(audit)                                                                                  \
	XX(digest)                                                                                 \
	XX(rebuild)                                                                                \
	XX(verify)                                                                                 \
	XX(log_export)                                                                             \
	XX(debug_catalogue)                                                                        \
	XX(debug_replay)                                                                           \
	XX(backup)                                                                                 \
	XX(restore)

/* What the process ends with; the table in cmd.c says which error gives which, and --help prints it. */
enum jc_exit {
	JC_EXIT_OK = 0,
	JC_EXIT_OTHER = 1,
	JC_EXIT_PARTIAL = 2,
	JC_EXIT_NOTFOUND = 3,
	JC_EXIT_STATE = 4,
	JC_EXIT_USAGE = 64,
	JC_EXIT_DATA = 65,
	JC_EXIT_CREATE = 73,
	JC_EXIT_IO = 74,
	JC_EXIT_LATER = 75,
	JC_EXIT_DENIED = 77
};

struct jc_cmd_opt {
	const char *name;   /* without "--"; NULL ends the list */
	const char *arg_zh; /* what its value is called; NULL: a switch */
	const char *arg_en;
	const char *zh;
	const char *en;
	int must;           /* the command cannot do without it */
};

enum jc_cmd_flags {
	JC_CMD_OPEN = 1,  /* the node is open when run() begins */
	JC_CMD_MAKE = 2,  /* ... and data folder, device key and database are made if need be */
	JC_CMD_GIT = 4,   /* libgit2 is started */
	JC_CMD_JSON = 8,  /* prints data: --json works */
	JC_CMD_ENTRY = 16 /* records are written: people are told when the clock is off */
};

struct jc_cmd_run;

struct jc_cmd {
	const char *name;   /* one or two words */
	const char *args_zh, *args_en;
	size_t least, most; /* number of arguments */
	const char *zh, *en; /* one line for the list; further lines only in the command's own help */
	const struct jc_cmd_opt *opts; /* may be NULL */
	unsigned flags;
	int (*run)(struct jc_cmd_run *run, struct jc_err *err);
	/* Extra help after the options, printed to standard output; may be NULL. */
	void (*help)(size_t nargs, char *const *args);
};

#define JC_CMD_OPTS_MAX 24

/* One run of a command. */
struct jc_cmd_run {
	const struct jc_cmd *cmd;
	const struct jc_env *env;
	char data[4096];        /* the data folder */
	struct jc_node *node;   /* JC_CMD_OPEN */
	struct jc_key key;      /* has_key */
	int has_key;
	size_t nargs;
	char *const *args;
	size_t nopts;
	struct {
		const struct jc_cmd_opt *opt;
		const char *value; /* "" of a switch */
	} opts[JC_CMD_OPTS_MAX];
	int json, verbose;
	int exit;               /* when not 0: the exit code, whatever the error's own would be */
};

#define XX(name) extern const struct jc_cmd jc_cmd_##name;
JC_CMD_MAP(XX)
#undef XX

/* Runs the program with its arguments; returns the exit code. */
int jc_cmd_main(int argc, char **argv);

/* Reads the key file anew, for who holds the folder's lock: `hub rekey` may have written it since the node was opened. */
int jc_cmd_key_again(struct jc_cmd_run *run, struct jc_err *err);

/* The value of a command's option, "" of a switch, NULL when not given. */
const char *jc_cmd_opt(const struct jc_cmd_run *run, const char *name);

/* A whole number from 1 up as an option's value. JC_EUSAGE. */
int jc_cmd_number(int64_t *out, const char *option, const char *value, struct jc_err *err);

/* A kind as typed; JC_ENOTFOUND lists the kinds there are. */
int jc_cmd_kind(const struct jc_kind **out, const char *typed, struct jc_err *err);

/* A field as typed (key, label or alias); JC_EINVAL says where to look. */
int jc_cmd_field(const struct jc_field **out, const struct jc_kind *kind, const char *typed, size_t n, struct jc_err *err);

/* The scope that this node keeps records of a kind in: `common` for what a hub issues, else its own. */
int jc_cmd_scope(struct jc_cmd_run *run, const struct jc_kind *kind, struct jc_scope *out, struct jc_err *err);

/* Wrong use of a command: the message with a word on where its help is. Returns JC_EUSAGE. */
int jc_cmd_usage(struct jc_err *err, const struct jc_cmd *cmd, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* The exit code of an error code. */
enum jc_exit jc_cmd_exit(int code);

/* Ctrl-C. From jc_cmd_catch() on it sets a mark instead of ending the process. */
void jc_cmd_catch(void);
int jc_cmd_interrupted(void);

/* Progress on standard error, when that is a terminal: "读取 1200/5000". Call freely; end with done < 0.
 * `arg` is the word to show. Its answer is jc_cmd_interrupted(), so it serves as a library's callback. */
int jc_cmd_progress(void *arg, int64_t done, int64_t total);
int jc_cmd_progress_word(const char *word, int64_t done, int64_t total);

#endif
