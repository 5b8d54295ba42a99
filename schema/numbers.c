/* SPDX-License-Identifier: MulanPSL-2.0 */
/*
 * The numbers of DOMAIN 3. Two rules: the answer names the test that failed, because "wrong number"
 * helps nobody who types from a worn card; and a region, a class or a province that this program
 * does not know is a hint and never an error, because people keep the codes of counties that were
 * abolished before this program was written.
 */
#include <string.h>

#include "schema_mem.h"
#include "value.h"

int
jc_numbers_date_ok(int y, int m, int d)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int leap = (y % 4 == 0 && y % 100 != 0) || y % 400 == 0;

	return y >= 1 && y <= 9999 && m >= 1 && m <= 12 && d >= 1 && d <= days[m - 1] + (m == 2 && leap);
}

static int
digits(const char *s, size_t n)
{
	int v = 0;

	for (size_t i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		v = v * 10 + (s[i] - '0');
	}
	return v;
}

int
jc_numbers_date_read(int *y, int *m, int *d, const char *s, size_t n)
{
	if (n != 10 || s[4] != '-' || s[7] != '-')
		return 0;
	*y = digits(s, 4);
	*m = digits(s + 5, 2);
	*d = digits(s + 8, 2);
	return jc_numbers_date_ok(*y, *m, *d);
}

int
jc_numbers_province_ok(int code)
{
	static const unsigned char known[] = { 11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42,
		43, 44, 45, 46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83 };

	return code >= 0 && memchr(known, code, sizeof(known)) != NULL;
}

/* The hyphens and dashes that turn up in numbers, as UTF-8. */
static const char *const hyphens[] = { "-", "‐", "‑", "‒", "–", "—", "―", "−", NULL };
static const char *const quotes[] = { "'", "\"", "‘", "’", "“", "”", "`", NULL };

static size_t
drops(const char *const *list, const char *s, size_t n)
{
	for (; *list != NULL; list++) {
		size_t len = strlen(*list);

		if (len <= n && memcmp(*list, s, len) == 0)
			return len;
	}
	return 0;
}

/* Copies normalised text without spaces and the words of `drop`, letters upper case. Returns the characters. */
static size_t
strip(char out[40], const struct jc_buf *text, const char *const *drop)
{
	size_t points = 0, len = 0;
	int full = 0;

	for (size_t i = 0; i < text->len;) {
		const char *s = text->data + i;
		size_t skip = *s == ' ' ? 1 : drops(drop, s, text->len - i);
		size_t step = 1;

		if (skip != 0) {
			i += skip;
			continue;
		}
		while (i + step < text->len && ((unsigned char)s[step] & 0xc0) == 0x80)
			step++;
		points++;
		full |= len + step > 39;
		for (size_t j = 0; j < step && !full; j++)
			out[len++] = (char)(s[j] >= 'a' && s[j] <= 'z' ? s[j] - 32 : s[j]);
		i += step;
	}
	out[len] = '\0';
	return points;
}

/*
 * The number in its one form; *points gets its characters, `out` at most 39 bytes of whole ones.
 * Malformed or very long text is a number of no characters. 0 or JC_ENOMEM.
 */
static int
clean(char out[40], size_t *points, const char *s, size_t n, const char *const *drop)
{
	struct jc_buf b;
	int rc = JC_EINVAL;

	jc_buf_init(&b, 16384);
	if (n <= 512)
		rc = jc_text_normalise(&b, s, n, 0, NULL);
	out[0] = '\0';
	*points = rc == 0 ? strip(out, &b, drop) : 0;
	jc_buf_free(&b);
	return rc == JC_ENOMEM ? rc : 0;
}

static const char uscc_alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/* Value of a character in GB 32100's table; -1 when it has none. */
static int
uscc_value(char c)
{
	const char *p = c != '\0' ? strchr(uscc_alphabet, c) : NULL;

	return p != NULL ? (int)(p - uscc_alphabet) : -1;
}

static int
uscc_charset_ok(const char *s)
{
	for (int i = 0; i < 18; i++)
		if (uscc_value(s[i]) < 0)
			return 0;
	return 1;
}

static char
uscc_check_char(const char *s)
{
	static const int weight[17] = { 1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28 };
	int sum = 0;

	for (int i = 0; i < 17; i++)
		sum += uscc_value(s[i]) * weight[i];
	return uscc_alphabet[(31 - sum % 31) % 31];
}

/* GB 11714: the check character of the nine at 9 to 17. Letters count A=10 to Z=35 here. */
static char
inner_check_char(const char *s)
{
	static const int weight[8] = { 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0, c;

	for (int i = 0; i < 8; i++)
		sum += (s[i] <= '9' ? s[i] - '0' : s[i] - 'A' + 10) * weight[i];
	c = 11 - sum % 11;
	return (char)(c == 10 ? 'X' : c == 11 ? '0' : '0' + c);
}

/* The number with the letters that look like digits replaced, if that makes it right. */
static int
uscc_suggest(char to[19], const char *s)
{
	static const char from[] = "IOSZ", digit[] = "1052";

	for (int i = 0; i < 18; i++) {
		const char *p = strchr(from, s[i]);

		to[i] = p != NULL && s[i] != '\0' ? digit[p - from] : s[i];
	}
	to[18] = '\0';
	return uscc_charset_ok(to) && digits(to + 2, 6) >= 0 && uscc_check_char(to) == to[17];
}

static int
uscc_charset_wrong(const char *s, size_t len, struct jc_remarks *remarks)
{
	char better[19];

	if (len == 18 && uscc_suggest(better, s))
		jc_remark_add(remarks, "E:uscc_charset",
		    JC_T("信用代码里没有 I、O、S、V、Z，是不是 %s？", "A credit code has no I, O, S, V, Z; is it %s?"), better);
	else
		jc_remark_add(remarks, "E:uscc_charset",
		    "%s", JC_T("信用代码里有不该有的字，请对照证书", "The credit code holds a character it cannot have; compare the certificate"));
	return 0;
}

static void
uscc_hints(const char *s, struct jc_remarks *remarks)
{
	static const char pairs[] = "11 12 13 19 21 29 31 32 33 34 35 39 41 49 51 52 53 59 61 62 69 71 72 79 81 89 "
				    "91 92 93 A1 A9 N1 N2 N3 N9 Y1 ";
	int pair = 0, province = digits(s + 2, 2);

	for (const char *p = pairs; *p != '\0'; p += 3)
		pair |= p[0] == s[0] && p[1] == s[1];
	if (!pair)
		jc_remark_add(remarks, "W:uscc_pair", "%s",
		    JC_T("信用代码前两位不常见，请核对", "The first two characters of the credit code are unusual; check them"));
	if (province != 10 && !jc_numbers_province_ok(province))
		jc_remark_add(remarks, "W:uscc_region", "%s",
		    JC_T("信用代码第3、4位不是已知的省份，请核对", "Characters 3 and 4 of the credit code are no known province; check them"));
	if (inner_check_char(s + 8) != s[16])
		jc_remark_add(remarks, "W:uscc_inner", "%s",
		    JC_T("信用代码里的组织机构代码校验不符，请核对", "The organization code inside the credit code does not check; compare it"));
}

int
jc_uscc_check(char out[40], const char *s, size_t n, struct jc_remarks *remarks)
{
	const char *code, *text;
	size_t points, len;

	if (clean(out, &points, s, n, hyphens) < 0)
		return JC_ENOMEM;
	len = strlen(out);
	if (points == 15 && len == 15 && strspn(out, "0123456789") == 15) {
		code = "E:uscc_regno15";
		text = JC_T("这是旧的15位注册号，请填18位信用代码", "This is an old 15-digit registration number; enter the 18-character code");
	} else if (points == 9) {
		code = "E:uscc_orgcode9";
		text = JC_T("这是旧的9位组织机构代码，请填18位信用代码", "This is an old 9-character organization code; enter the 18-character code");
	} else if (points != 18) {
		code = "E:uscc_len";
		text = JC_T("信用代码应为18位", "A credit code has 18 characters");
	} else if (len != 18 || !uscc_charset_ok(out)) {
		return uscc_charset_wrong(out, len, remarks);
	} else if (digits(out + 2, 6) < 0) {
		code = "E:uscc_region_fmt";
		text = JC_T("信用代码第3至8位应为数字", "Characters 3 to 8 of a credit code are digits");
	} else if (uscc_check_char(out) != out[17]) {
		code = "E:uscc_check";
		text = JC_T("信用代码校验不符，请逐位核对", "The credit code does not check; compare it character by character");
	} else {
		uscc_hints(out, remarks);
		return 1;
	}
	jc_remark_add(remarks, code, "%s", text);
	return 0;
}

static int
is_one_of(const char *word, const char *const *list)
{
	for (; word != NULL && *list != NULL; list++)
		if (strcmp(word, *list) == 0)
			return 1;
	return 0;
}

void
jc_uscc_check_owner(const char *uscc, const char *org_kind, const char *union_type, struct jc_remarks *remarks)
{
	static const char *const basic[] = { "basic_single", "basic_joint", "branch", "group", "township", "village",
		"fed_region", "fed_industry", "fed_social", NULL };

	if (uscc == NULL || strlen(uscc) != 18 || org_kind == NULL)
		return;
	if (strcmp(org_kind, "union") == 0 && uscc[0] != '8' && is_one_of(union_type, basic))
		jc_remark_add(remarks, "W:uscc_not_union", "%s",
		    JC_T("这可能是所在单位的代码，不是工会的代码", "This may be the code of the unit, not of its union"));
	if (strcmp(org_kind, "social") == 0 && uscc[0] == '8')
		jc_remark_add(remarks, "W:uscc_is_union", "%s",
		    JC_T("8 开头的是工会的代码，不是社会组织的代码", "A code that starts with 8 is a union's, not a social organization's"));
}

static char
id_check_char(const char *s)
{
	static const int weight[17] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0;

	for (int i = 0; i < 17; i++)
		sum += (s[i] - '0') * weight[i];
	return "10X98765432"[sum % 11];
}

/* Whole years from a birth date to `today`. */
static int
age_on(const char *birth, const char *today)
{
	int years = digits(today, 4) - digits(birth, 4);

	return strcmp(birth + 4, today + 4) > 0 ? years - 1 : years;
}

static int
id_wrong(struct jc_remarks *remarks, const char *code, const char *text)
{
	jc_remark_add(remarks, code, "%s", text);
	return 0;
}

static int
id_precision(struct jc_remarks *remarks)
{
	return id_wrong(remarks, "E:id_precision",
	    JC_T("身份证号后三位已丢失，请查原件", "The last three digits of the ID number were lost; look at the original"));
}

static void
id_hints(const char *id, const char *birth, int old_form, const char *today, struct jc_remarks *remarks)
{
	int age = today != NULL ? age_on(birth, today) : 30;

	if (strcmp(id + 15, "000") == 0)
		jc_remark_add(remarks, "W:id_precision", "%s",
		    JC_T("身份证号以000结尾，请确认不是表格软件改的", "The ID number ends in 000; make sure a spreadsheet did not do it"));
	if (old_form)
		jc_remark_add(remarks, "W:id_15", "%s",
		    JC_T("15位旧身份证号已升为18位，请核对", "An old 15-digit ID number was extended to 18; check it"));
	if (id[0] == '9')
		jc_remark_add(remarks, "W:id_prefix9", "%s",
		    JC_T("证件类别应为外国人永久居留身份证", "The ID type should be foreign permanent resident"));
	else if (!jc_numbers_province_ok(digits(id, 2)))
		jc_remark_add(remarks, "W:id_region", "%s",
		    JC_T("身份证号前两位不是已知的省份，请核对", "The first two digits of the ID number are no known province; check them"));
	if (age > 120)
		jc_remark_add(remarks, "W:id_age", "%s",
		    JC_T("年龄超过120岁，请核对", "The person would be over 120; check the number"));
	if (age < 14)
		jc_remark_add(remarks, "W:id_under_14", "%s",
		    JC_T("不满14周岁，不能登记，请核对", "Under 14: such a person is not recorded; check the number"));
}

static void
id_birth(char birth[11], const char *id)
{
	memcpy(birth, id + 6, 4);
	birth[4] = birth[7] = '-';
	memcpy(birth + 5, id + 10, 2);
	memcpy(birth + 8, id + 12, 2);
	birth[10] = '\0';
}

int
jc_idno_check(char out[40], char birth[11], char sex[2], const char *s, size_t n, const char *today,
    struct jc_remarks *remarks)
{
	char born[11];
	size_t points;
	int old_form;

	if (clean(out, &points, s, n, quotes) < 0)
		return JC_ENOMEM;
	old_form = points == 15 && strspn(out, "0123456789") == 15;

	if (points != 18 && !old_form)
		return id_wrong(remarks, "E:id_len", JC_T("身份证号应为18位", "An ID number has 18 characters"));
	if (!old_form && (strspn(out, "0123456789") < 17 || strlen(out) != 18 || strchr("0123456789X", out[17]) == NULL))
		return id_wrong(remarks, "E:id_charset",
		    JC_T("身份证号只能是数字，末位可以是X", "An ID number has digits only, the last may be X"));
	if (old_form) {
		memmove(out + 8, out + 6, 9);
		memcpy(out + 6, "19", 2);
		out[17] = id_check_char(out);
		out[18] = '\0';
	}
	id_birth(born, out);
	if (!jc_numbers_date_ok(digits(out + 6, 4), digits(out + 10, 2), digits(out + 12, 2)))
		return id_wrong(remarks, "E:id_date",
		    JC_T("身份证号里的出生日期不存在，请核对", "The birth date in the ID number does not exist; check it"));
	if (today != NULL && strcmp(born, today) > 0)
		return id_wrong(remarks, "E:id_future",
		    JC_T("身份证号里的出生日期在今天之后，请核对", "The birth date in the ID number is after today; check it"));
	if (id_check_char(out) != out[17]) {
		if (strcmp(out + 15, "000") == 0)
			return id_precision(remarks);
		return id_wrong(remarks, "E:id_check",
		    JC_T("身份证号校验不符，请逐位核对", "The ID number does not check; compare it digit by digit"));
	}
	id_hints(out, born, old_form, today, remarks);
	if (birth != NULL)
		memcpy(birth, born, sizeof(born));
	if (sex != NULL)
		memcpy(sex, (out[16] - '0') % 2 != 0 ? "1" : "2", 2);
	return 1;
}

/* digits[转digits] of a land line: 0, area, number, extension. */
static int
is_landline(const char *s)
{
	static const char turn[] = "转";
	size_t head = strspn(s, "0123456789");
	const char *rest = s + head;

	if (s[0] != '0' || head < 10)
		return 0;
	if (*rest == '\0')
		return head <= 18;
	if (head > 12 || strncmp(rest, turn, sizeof(turn) - 1) != 0)
		return 0;
	rest += sizeof(turn) - 1;
	return *rest != '\0' && strlen(rest) <= 6 && strspn(rest, "0123456789") == strlen(rest);
}

static const char *const phone_drops[] = { "-", "‐", "‑", "‒", "–", "—", "―", "−", "(", ")", "[", "]", "'", NULL };

/* Length of the country code before a number: +86, 0086, or 86 before eleven digits. */
static size_t
country_code(const char *s)
{
	if (strncmp(s, "+86", 3) == 0)
		return 3;
	if (strncmp(s, "0086", 4) == 0)
		return 4;
	return strncmp(s, "86", 2) == 0 && strlen(s) == 13 ? 2 : 0;
}

int
jc_phone_check(char out[40], const char *s, size_t n, int any, struct jc_remarks *remarks)
{
	size_t points, len, skip;
	int whole;

	if (clean(out, &points, s, n, phone_drops) < 0)
		return JC_ENOMEM;
	whole = strlen(out) < 39; /* nothing was cut off */
	while ((skip = country_code(out)) != 0)
		memmove(out, out + skip, strlen(out) - skip + 1);
	len = strlen(out);
	if (whole && is_landline(out))
		return 1;
	if (whole && strspn(out, "0123456789") == len) {
		if (len == 11 && out[0] == '1' && out[1] >= '3')
			return 1;
		if (len == 10 && (out[0] == '4' || out[0] == '8') && out[1] == '0' && out[2] == '0')
			return 1;
		if (any && len >= 3 && len <= 6)
			return 1;
		if (len == 7 || len == 8) {
			jc_remark_add(remarks, "W:phone_area", "%s",
			    JC_T("座机号没有区号，外地打不通", "The number has no area code; it cannot be called from elsewhere"));
			return 1;
		}
	}
	jc_remark_add(remarks, "W:phone", "%s",
	    JC_T("电话号码不像能打通的，请核对", "This does not look like a telephone number; check it"));
	return 0;
}

int
jc_region_check(char out[16], const char *s, size_t n, struct jc_remarks *remarks)
{
	char tmp[40];
	size_t points;

	if (clean(tmp, &points, s, n, hyphens) < 0)
		return JC_ENOMEM;
	out[0] = '\0';
	if ((points != 6 && points != 9 && points != 12) || strspn(tmp, "0123456789") != points) {
		jc_remark_add(remarks, "W:region", "%s",
		    JC_T("行政区划代码应为6、9或12位数字", "A region code has 6, 9 or 12 digits"));
		return 0;
	}
	memcpy(out, tmp, points + 1);
	if (!jc_numbers_province_ok(digits(out, 2)))
		jc_remark_add(remarks, "W:region", "%s",
		    JC_T("行政区划代码前两位不是已知的省份，请核对", "The first two digits of the region code are no known province; check them"));
	return 1;
}

int
jc_number_rounded(const char *s, size_t n, int numeric)
{
	size_t figures = 0, i = 0;
	int exponent = 0, started = 0;

	for (; i < n && ((s[i] >= '0' && s[i] <= '9') || s[i] == '.'); i++) {
		started |= s[i] >= '1' && s[i] <= '9';
		figures += started && s[i] != '.';
	}
	if (i == 0 || s[0] == '.')
		return 0;
	if (i == n)
		return numeric && figures >= 16;
	if (s[i] != 'e' && s[i] != 'E')
		return 0;
	for (i += i + 1 < n && s[i + 1] == '+' ? 2 : 1; i < n && exponent < 1000; i++) {
		if (s[i] < '0' || s[i] > '9')
			return 0;
		exponent = exponent * 10 + (s[i] - '0');
	}
	return exponent >= 15;
}
