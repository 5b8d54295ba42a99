/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "clock.h"
#include "cmd.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <uv.h>

#include "../sync/sync_enrol.h"
#include "../sync/sync_store.h"
#include "../sync/sync_succession.h"
#include "agent_version.h"
#include "env_os.h"
#include "lock.h"
#include "out.h"
#include "passage.h"
#include "paths.h"

static const struct jc_cmd *const table[] = {
#define XX(name) &jc_cmd_##name,
	JC_CMD_MAP(XX)
#undef XX
};
#define NCMDS (sizeof(table) / sizeof(table[0]))

/* Options that every command has. */
static const struct jc_cmd_opt common[] = {
	{"data", "文件夹", "DIR", "数据文件夹（默认在个人文件夹里）", "data folder (default: in your home folder)", 0},
	{"json", NULL, NULL, "用 JSON 输出", "print JSON", 0},
	{"lang", "zh|en", "zh|en", "语言（默认看 LANG，一般是中文）", "language (default: by LANG, else Chinese)", 0},
	{"verbose", NULL, NULL, "出错时多说原因，提示全部列出（也可写 -v）", "say the cause of errors, list all remarks (also -v)", 0},
	{"steps", NULL, NULL, "把内部步骤写到标准错误输出", "write internal steps to standard error", 0},
	{"help", NULL, NULL, "显示帮助（也可写 -h）", "show help (also -h)", 0},
	{"version", NULL, NULL, "显示版本", "show versions", 0},
	{NULL, NULL, NULL, NULL, NULL, 0}
};

/* What scripts can rely on. */
static const struct {
	enum jc_exit exit;
	const char *zh, *en;
	int codes[8]; /* ends with 0 */
} exits[] = {
	{JC_EXIT_OK, "成功", "done", {0}},
	{JC_EXIT_OTHER, "其他错误，或被取消（什么都没有改）", "another error, or cancelled (nothing changed)", {JC_ENOMEM, JC_EINTERNAL, JC_ECANCELLED, 0}},
	{JC_EXIT_PARTIAL, "只完成一部分：其余的已逐条说明原因", "partly done: a reason was given for each other part", {JC_EPARTIAL, 0}},
	{JC_EXIT_NOTFOUND, "没有找到", "not found", {JC_ENOTFOUND, 0}},
	{JC_EXIT_STATE, "现在不能这样做：已经有了、已被更新、已作废等", "not possible now: exists, changed meanwhile, void ...", {JC_EEXISTS, JC_ESTATE, JC_ESTALE, JC_ELOCKED, 0}},
	{JC_EXIT_USAGE, "命令写法不对", "wrong usage", {JC_EUSAGE, 0}},
	{JC_EXIT_DATA, "内容不合要求、有损坏、或来自更新的程序", "invalid or damaged data, or of a newer program", {JC_EINVAL, JC_ECORRUPT, JC_ELIMIT, JC_EFORMAT, JC_ESIGNATURE, JC_ENEWER, 0}},
	{JC_EXIT_CREATE, "不能创建文件或文件夹", "a file or folder cannot be made", {0}},
	{JC_EXIT_IO, "读写磁盘出错或磁盘已满", "disk error or disk full", {JC_EIO, JC_EFULL, 0}},
	{JC_EXIT_LATER, "稍后再试：没有网络，或数据正被占用", "try later: no line, or the data is in use", {JC_ENETWORK, JC_ETIMEOUT, JC_EBUSY, 0}},
	{JC_EXIT_DENIED, "没有权限", "not permitted", {JC_EDENIED, 0}},
};
#define NEXITS (sizeof(exits) / sizeof(exits[0]))

static volatile sig_atomic_t interrupted;

enum jc_exit
jc_cmd_exit(int code)
{
	if (code >= 0)
		return JC_EXIT_OK;
	for (size_t i = 0; i < NEXITS; i++)
		for (size_t k = 0; exits[i].codes[k] != 0; k++)
			if (exits[i].codes[k] == code)
				return exits[i].exit;
	return JC_EXIT_OTHER;
}

/* ---- help ---- */

/* The first line, or all, of a help text that begins with the line for the list. */
static int
first_line(const char *s)
{
	return (int)strcspn(s, "\n");
}

static void
opts_print(const struct jc_cmd_opt *opts, int json)
{
	for (; opts != NULL && opts->name != NULL; opts++) {
		char left[64];
		const char *arg = JC_T(opts->arg_zh, opts->arg_en);

		if (!json && strcmp(opts->name, "json") == 0)
			continue;
		snprintf(left, sizeof(left), "--%s%s%s", opts->name, arg != NULL ? " " : "", arg != NULL ? arg : "");
		printf("  ");
		jc_out_pad(left, 24);
		printf(" %s%s\n", JC_T(opts->zh, opts->en), opts->must ? JC_T("（必填）", " (required)") : "");
	}
}

static void
exits_print(void)
{
	printf("%s\n", JC_T("\n退出码：", "\nExit codes:"));
	for (size_t i = 0; i < NEXITS; i++)
		printf("  %-4d %s\n", (int)exits[i].exit, JC_T(exits[i].zh, exits[i].en));
}

static void
help_all(void)
{
	printf("%s\n\n%s\n\n%s\n",
	    JC_T("jiceng（基层）：基层工会的记录本，没有网络也能用，有网络时报到上级。",
	        "jiceng: records of grassroots trade-union branches; works without a line, travels upward when there is one."),
	    JC_T("用法：jiceng [--data 文件夹] 命令 [参数] [选项]", "Usage: jiceng [--data DIR] COMMAND [ARGUMENTS] [OPTIONS]"),
	    JC_T("命令：", "Commands:"));
	for (size_t i = 0; i < NCMDS; i++) {
		const struct jc_cmd *c = table[i];
		const char *args = JC_T(c->args_zh, c->args_en), *text = JC_T(c->zh, c->en);
		char left[96];

		snprintf(left, sizeof(left), "%s%s%s", c->name, args[0] != '\0' ? " " : "", args);
		printf("  ");
		jc_out_pad(left, 34);
		printf(" %.*s\n", first_line(text), text);
	}
	printf("\n%s\n", JC_T("每个命令都能用的选项：", "Options of every command:"));
	opts_print(common, 1);
	exits_print();
	printf("\n%s\n", JC_T("某个命令的详细说明：jiceng 命令 --help", "More about one command: jiceng COMMAND --help"));
}

static void
help_one(const struct jc_cmd *c, size_t nargs, char *const *args)
{
	const char *names = JC_T(c->args_zh, c->args_en);

	printf("%s jiceng [--data %s] %s%s%s", JC_T("用法：", "Usage:"), JC_T("文件夹", "DIR"), c->name,
	    names[0] != '\0' ? " " : "", names);
	for (const struct jc_cmd_opt *o = c->opts; o != NULL && o->name != NULL; o++) {
		const char *arg = JC_T(o->arg_zh, o->arg_en);

		printf(" %s--%s%s%s%s", o->must ? "" : "[", o->name, arg != NULL ? " " : "", arg != NULL ? arg : "",
		    o->must ? "" : "]");
	}
	printf("\n\n%s\n\n", JC_T(c->zh, c->en));
	printf("%s\n", JC_T("选项：", "Options:"));
	opts_print(c->opts, 1);
	opts_print(common, (c->flags & JC_CMD_JSON) != 0);
	if (c->help != NULL)
		c->help(nargs, args);
}

int
jc_cmd_usage(struct jc_err *err, const struct jc_cmd *cmd, const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return jc_err_set(err, JC_EUSAGE, "jc_cmd", JC_T("%s；写法见 jiceng %s%s--help", "%s; see jiceng %s%s--help"), text,
	    cmd != NULL ? cmd->name : "", cmd != NULL ? " " : "");
}

/* ---- arguments ---- */

/* Everything on the command line, taken apart. */
struct parsed {
	const struct jc_cmd *cmd;
	char **word;  /* words that are no options; the command's name first */
	size_t nwords;
	const char *data, *lang;
	int json, verbose, trace, help, version;
	struct jc_cmd_run *run;
};

/* A command of two words goes before the one of its first word alone. */
static const struct jc_cmd *
command_find(size_t *used, char *const *word, size_t n)
{
	const struct jc_cmd *one = NULL;

	for (size_t i = 0; i < NCMDS; i++) {
		const char *name = table[i]->name, *space = strchr(name, ' ');

		if (space == NULL && n >= 1 && strcmp(word[0], name) == 0)
			one = table[i];
		*used = 2;
		if (space != NULL && n >= 2 && strlen(word[0]) == (size_t)(space - name) &&
		    strncmp(word[0], name, (size_t)(space - name)) == 0 && strcmp(word[1], space + 1) == 0)
			return table[i];
	}
	*used = one != NULL;
	return one;
}

static const struct jc_cmd_opt *
option_in(const struct jc_cmd_opt *opts, const char *name, size_t n)
{
	for (; opts != NULL && opts->name != NULL; opts++)
		if (strlen(opts->name) == n && memcmp(opts->name, name, n) == 0)
			return opts;
	return NULL;
}

/* Does any command know the option, and does it take a value? Needed before the command is known. */
static const struct jc_cmd_opt *
option_any(const char *name, size_t n)
{
	const struct jc_cmd_opt *o = option_in(common, name, n);

	for (size_t i = 0; o == NULL && i < NCMDS; i++)
		o = option_in(table[i]->opts, name, n);
	return o;
}

static void
common_take(struct parsed *p, const char *name, const char *value)
{
	switch (name[0]) {
	case 'd':
		p->data = value;
		break;
	case 'j':
		p->json = 1;
		break;
	case 'l':
		p->lang = value;
		break;
	case 's':
		p->trace = 1;
		break;
	case 'h':
		p->help = 1;
		break;
	default:
		if (strcmp(name, "version") == 0)
			p->version = 1;
		else
			p->verbose = 1;
	}
}

static int
option_keep(struct parsed *p, const struct jc_cmd_opt *o, const char *value, struct jc_err *err)
{
	struct jc_cmd_run *run = p->run;

	if (option_in(common, o->name, strlen(o->name)) == o) {
		common_take(p, o->name, value);
		return 0;
	}
	if (run->nopts == JC_CMD_OPTS_MAX || jc_cmd_opt(run, o->name) != NULL)
		return jc_cmd_usage(err, NULL, JC_T("选项 --%s 写了两次", "Option --%s is given twice"), o->name);
	run->opts[run->nopts].opt = o;
	run->opts[run->nopts++].value = value;
	return 0;
}

/* One option at argv[*i]; moves on over its value. */
static int
option_take(struct parsed *p, int argc, char **argv, int *i, struct jc_err *err)
{
	const char *a = argv[*i], *name = a + 2, *equals = strchr(name, '='), *value = "";
	size_t n = equals != NULL ? (size_t)(equals - name) : strlen(name);
	const struct jc_cmd_opt *o;

	if (strcmp(a, "-v") == 0 || strcmp(a, "-h") == 0) {
		common_take(p, a[1] == 'v' ? "verbose" : "help", "");
		return 0;
	}
	if (a[1] != '-' || (o = option_any(name, n)) == NULL)
		return jc_cmd_usage(err, NULL, JC_T("没有选项 %.60s", "There is no option %.60s"), a);
	if (o->arg_zh == NULL && equals != NULL)
		return jc_cmd_usage(err, NULL, JC_T("选项 --%s 不带内容", "Option --%s takes no value"), o->name);
	if (o->arg_zh != NULL) {
		if (equals == NULL && *i + 1 >= argc)
			return jc_cmd_usage(err, NULL, JC_T("选项 --%s 后面要写内容", "Option --%s needs a value"), o->name);
		value = equals != NULL ? equals + 1 : argv[++*i];
	}
	return option_keep(p, o, value, err);
}

static int
line_parse(struct parsed *p, int argc, char **argv, struct jc_err *err)
{
	int only_words = 0, rc;

	for (int i = 1; i < argc; i++) {
		if (!only_words && strcmp(argv[i], "--") == 0)
			only_words = 1;
		else if (only_words || argv[i][0] != '-' || argv[i][1] == '\0')
			p->word[p->nwords++] = argv[i];
		else if ((rc = option_take(p, argc, argv, &i, err)) < 0)
			return rc;
	}
	return 0;
}

/* Finds the command and checks its options and the number of arguments. */
static int
command_take(struct parsed *p, struct jc_err *err)
{
	struct jc_cmd_run *run = p->run;
	size_t used;

	if ((p->cmd = command_find(&used, p->word, p->nwords)) == NULL) {
		if (p->nwords == 0)
			return 0;
		return jc_cmd_usage(err, NULL, JC_T("没有命令“%.40s”", "There is no command \"%.40s\""), p->word[0]);
	}
	run->cmd = p->cmd;
	run->nargs = p->nwords - used;
	run->args = p->word + used;
	if (p->help || p->version)
		return 0;
	for (size_t i = 0; i < run->nopts; i++) {
		const char *name = run->opts[i].opt->name;

		if (option_in(p->cmd->opts, name, strlen(name)) == NULL)
			return jc_cmd_usage(err, p->cmd, JC_T("这个命令没有选项 --%s", "This command has no option --%s"), name);
	}
	for (const struct jc_cmd_opt *o = p->cmd->opts; o != NULL && o->name != NULL; o++)
		if (o->must && jc_cmd_opt(run, o->name) == NULL)
			return jc_cmd_usage(err, p->cmd, JC_T("还要写 --%s", "--%s is missing"), o->name);
	if (run->nargs < p->cmd->least)
		return jc_cmd_usage(err, p->cmd, JC_T("参数不够，要写：%s", "Too few arguments; give: %s"),
		    JC_T(p->cmd->args_zh, p->cmd->args_en));
	if (run->nargs > p->cmd->most)
		return jc_cmd_usage(err, p->cmd, JC_T("多了一个参数“%.40s”", "One argument too many: \"%.40s\""),
		    run->args[p->cmd->most]);
	return 0;
}

const char *
jc_cmd_opt(const struct jc_cmd_run *run, const char *name)
{
	for (size_t i = 0; i < run->nopts; i++)
		if (strcmp(run->opts[i].opt->name, name) == 0)
			return run->opts[i].value;
	return NULL;
}

int
jc_cmd_number(int64_t *out, const char *option, const char *value, struct jc_err *err)
{
	char *end = NULL;
	long long v = strtoll(value, &end, 10);

	if (value[0] < '0' || value[0] > '9' || end == NULL || *end != '\0' || v < 1 || v == INT64_MAX)
		return jc_cmd_usage(err, NULL, JC_T("--%s 后面要写一个数字，不能是“%.40s”", "--%s needs a number, not \"%.40s\""), option,
		    value);
	*out = v;
	return 0;
}

int
jc_cmd_kind(const struct jc_kind **out, const char *typed, struct jc_err *err)
{
	char list[300] = "";
	size_t n = 0;

	if ((*out = jc_catalogue_kind_typed(typed)) != NULL)
		return 0;
	for (const struct jc_kind *const *k = jc_catalogue_kinds(); *k != NULL && n < sizeof(list) - 60; k++)
		n += (size_t)snprintf(list + n, sizeof(list) - n, "%s%s %s", n > 0 ? JC_T("、", ", ") : "", (*k)->name,
		    JC_T((*k)->zh, ""));
	return jc_err_set(err, JC_ENOTFOUND, "jc_cmd_kind",
	    JC_T("没有“%.40s”这种记录；有：%s", "There is no kind \"%.40s\"; there are: %s"), typed, list);
}

int
jc_cmd_field(const struct jc_field **out, const struct jc_kind *kind, const char *typed, size_t n, struct jc_err *err)
{
	char name[120];

	if (n < sizeof(name)) {
		memcpy(name, typed, n);
		name[n] = '\0';
		if ((*out = jc_catalogue_field(kind, name, n)) != NULL ||
		    (*out = jc_catalogue_field_typed(kind, name)) != NULL)
			return 0;
	}
	return jc_err_set(err, JC_EINVAL, "jc_cmd_field",
	    JC_T("%s没有“%.*s”这一项；有哪些项见 jiceng add %s --help", "%s has no field \"%.*s\"; see jiceng add %s --help"),
	    jc_kind_label(kind), (int)(n < 60 ? n : 60), typed, kind->name);
}

struct common_find {
	struct jc_scope *out;
	int found;
};

static int
common_scope(void *arg, const struct jc_scope *s)
{
	struct common_find *f = arg;

	if (!s->mine || strcmp(s->role, "common") != 0)
		return 0;
	*f->out = *s;
	f->found = 1;
	return 1;
}

int
jc_cmd_scope(struct jc_cmd_run *run, const struct jc_kind *kind, struct jc_scope *out, struct jc_err *err)
{
	struct common_find f = {out, 0};
	const char *branch = run->cmd != NULL ? jc_cmd_opt(run, "branch") : NULL;
	int rc;

	if (branch != NULL) {
		rc = jc_scope_named(out, run->node->log, "branch", branch, NULL);
		return rc == 0 ? 0 : jc_err_set(err, JC_ENOTFOUND, "jc_cmd_scope", JC_T("没有叫“%.60s”的基层", "There is no branch \"%.60s\""), branch);
	}
	if ((rc = jc_node_scope(run->node, out, err)) < 0 || kind == NULL || !kind->down || strcmp(out->role, "office") != 0)
		return rc;
	if ((rc = jc_scope_each(run->node->log, common_scope, &f, err)) < 0)
		return rc;
	return f.found ? 0 : jc_node_scope(run->node, out, err);
}

/* ---- Ctrl-C and progress ---- */

static void
on_interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

void
jc_cmd_catch(void)
{
	signal(SIGINT, on_interrupt);
	signal(SIGTERM, on_interrupt);
}

int
jc_cmd_interrupted(void)
{
	return interrupted;
}

int
jc_cmd_progress_word(const char *word, int64_t done, int64_t total)
{
	static uint64_t last;
	uint64_t now = uv_hrtime() / 1000000;

	if (uv_guess_handle(2) != UV_TTY || (done >= 0 && now - last < 200))
		return interrupted;
	if (done < 0 && last != 0)
		fprintf(stderr, "\r\033[K");
	else if (done >= 0 && total > 0)
		fprintf(stderr, "\r%s %lld/%lld", word, (long long)done, (long long)total);
	else if (done >= 0)
		fprintf(stderr, "\r%s %lld", word, (long long)done);
	last = done < 0 ? 0 : now;
	return interrupted;
}

int
jc_cmd_progress(void *arg, int64_t done, int64_t total)
{
	return jc_cmd_progress_word(arg, done, total);
}

/* ---- running ---- */

static void
language_choose(const char *lang)
{
	static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};
	char value[64] = "";

	for (size_t i = 0; lang == NULL && i < 3 && value[0] == '\0'; i++) {
		size_t n = sizeof(value);

		if (uv_os_getenv(names[i], value, &n) != 0)
			value[0] = '\0';
	}
	jc_lang_set(strncmp(lang != NULL ? lang : value, "en", 2) == 0 ? JC_LANG_EN : JC_LANG_ZH, 1);
}

static int
node_absent(struct jc_err *err, const char *dir)
{
	return jc_err_set(err, JC_ENOTFOUND, "jc_cmd",
	    JC_T("文件夹 %s 里还没有数据，请先运行 jiceng branch init --name 名称，或用 --data 指定别的文件夹",
	        "There is no data in %s yet; begin with jiceng branch init --name NAME, or name another folder with --data"),
	    dir);
}

int
jc_cmd_key_again(struct jc_cmd_run *run, struct jc_err *err)
{
	struct jc_key key;
	int rc;

	if ((rc = jc_paths_key(&key, run->data, err)) < 0)
		return rc;
	if ((rc = jc_keyring_load(run->node->log, &key, err)) == 0)
		run->key = *jc_log_key(run->node->log);
	jc_key_wipe(&key);
	return rc;
}

static int
node_open(struct jc_cmd_run *run, struct jc_err *err)
{
	unsigned make = run->cmd->flags & JC_CMD_MAKE;
	char path[JC_PATH_MAX];
	int rc;

	if ((rc = jc_paths_join(path, run->data, JC_DB_FILE, err)) < 0)
		return rc;
	if (make) {
		rc = jc_paths_key_make(&run->key, run->data, run->env, err);
		if (rc == JC_EIO || rc == JC_EDENIED)
			run->exit = JC_EXIT_CREATE;
	} else if (!jc_paths_exists(path)) {
		return node_absent(err, run->data);
	} else {
		rc = jc_paths_key(&run->key, run->data, err);
	}
	run->has_key = rc == 0;
	if (rc < 0 && (make || rc != JC_ENOTFOUND))
		return rc;
	/* Beside a server that has looked through the file, nobody needs to do so again. */
	if ((rc = jc_node_open(&run->node, run->env, path, make ? JC_DB_CREATE : jc_lock_held(run->data) ? JC_DB_AGAIN : 0,
	         run->has_key ? &run->key : NULL, err)) == 0 && run->has_key)
		run->key = *jc_log_key(run->node->log); /* of several, the one that signs now */
	return rc;
}

static int
command_run(struct jc_cmd_run *run, const char *data, struct jc_err *err)
{
	unsigned flags = run->cmd->flags;
	int rc;

	if (run->json && !(flags & JC_CMD_JSON))
		return jc_cmd_usage(err, run->cmd, JC_T("这个命令没有选项 --json", "This command has no option --json"));
	if (data != NULL) {
		if (data[0] == '\0' || strlen(data) >= sizeof(run->data))
			return jc_cmd_usage(err, NULL, JC_T("--data 后面要写文件夹", "--data needs a folder"));
		memcpy(run->data, data, strlen(data) + 1);
	} else if ((rc = jc_paths_default(run->data, err)) < 0) {
		return rc;
	}
	if ((rc = jc_sign_init(err)) < 0 || ((flags & JC_CMD_GIT) && (rc = jc_store_init(err)) < 0))
		return rc;
	if (!(flags & JC_CMD_OPEN) || (rc = node_open(run, err)) == 0) {
		if (run->node != NULL && jc_enrol_practice(run->node, NULL) < 0)
			fprintf(stderr, "%s\n", JC_T("【练习数据】这里的内容都是编造的，不会上报", "[practice data] all of this is made up and is never sent"));
		rc = run->cmd->run(run, err);
	}
	if (run->node != NULL)
		jc_passage_after(run->node);
	if (rc >= 0 && (flags & JC_CMD_ENTRY))
		jc_clock_warn(run->node);
	jc_node_close(run->node);
	if (flags & JC_CMD_GIT)
		jc_store_shutdown();
	jc_key_wipe(&run->key);
	return rc;
}

/* What was printed must have arrived; a full disk behind a redirection is an error like any other. */
static int
output_end(int rc, struct jc_err *err)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return rc;
	if (rc < 0)
		return rc;
	return jc_err_set(err, JC_EIO, "jc_cmd", JC_T("输出写不出去，请检查磁盘", "The output could not be written; check the disk"));
}

static int
parsed_run(struct parsed *p, struct jc_err *err)
{
	struct jc_cmd_run *run = p->run;

	if (p->version) {
		jc_agent_version_print(run->json);
		return 0;
	}
	if (p->help || p->cmd == NULL) {
		if (p->cmd != NULL)
			help_one(p->cmd, run->nargs, run->args);
		else
			help_all();
		return 0;
	}
	return command_run(run, p->data, err);
}

int
jc_cmd_main(int argc, char **argv)
{
	static struct jc_cmd_run run; /* the key in it is wiped */
	struct parsed p = {.run = &run};
	struct jc_err err = {0};
	int rc, no_command;

	language_choose(NULL);
	if ((p.word = calloc((size_t)argc + 1, sizeof(*p.word))) == NULL)
		return JC_EXIT_OTHER;
	rc = line_parse(&p, argc, argv, &err);
	if (p.lang != NULL)
		language_choose(p.lang);
	if (rc == 0 && p.lang != NULL && strcmp(p.lang, "zh") != 0 && strcmp(p.lang, "en") != 0)
		rc = jc_cmd_usage(&err, NULL, JC_T("--lang 后面写 zh 或 en", "--lang takes zh or en"));
	if (rc == 0)
		rc = command_take(&p, &err);
	run.env = jc_env_os(p.trace);
	run.json = p.json;
	run.verbose = p.verbose;
	no_command = rc == 0 && p.cmd == NULL && !p.help && !p.version;
	if (rc == 0)
		rc = parsed_run(&p, &err);
	rc = output_end(rc, &err);
	if (rc < 0)
		jc_out_error(&err, rc, p.verbose);
	free(p.word);
	if (no_command)
		return JC_EXIT_USAGE;
	return run.exit != 0 ? run.exit : (int)jc_cmd_exit(rc);
}
