#!/bin/sh
# SPDX-License-Identifier: MulanPSL-2.0
# pinyin_table.sh OUT: readings of the ideographs U+3400..U+9FFF and the simplified forms of the traditional ones, from
# ICU's transliterators, as a C header. It is made at every build and never kept.
set -eu
export LC_ALL=C
out=$1
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
awk 'BEGIN { for (c = 13312; c <= 40959; c++) printf "%c%c%c\n", 224 + int(c / 4096), 128 + int(c / 64) % 64, 128 + c % 64 }' >"$tmp/chars"
# Tones go, the two dots of u stay: they are typed as v.
uconv -f utf-8 -t utf-8 -x 'Han-Latin; NFD; [\u0300\u0301\u0304\u030C] Remove; NFC; Lower' "$tmp/chars" | sed 's/ü/v/g; s/ê/e/g' >"$tmp/read"
uconv -f utf-8 -t utf-8 -x 'Hant-Hans' "$tmp/chars" >"$tmp/simple"
[ "$(wc -l <"$tmp/read")" = 27648 ] && [ "$(wc -l <"$tmp/simple")" = 27648 ]
{
	echo '/* Made by schema/pinyin_table.sh from ICU; not kept. */'
	awk '
	/^[a-z]+$/ && length($0) < 7 { if (!($0 in no)) { no[$0] = ++n; name[n] = $0 } of[NR] = no[$0] }
	END {
		printf "static const char syllables[][7] = {\"\""
		for (i = 1; i <= n; i++) printf ", \"%s\"", name[i]
		print "};"
		printf "static const uint16_t readings[27648] = {"
		for (i = 1; i <= NR; i++) printf "%s%d", (i == 1 ? "" : i % 24 == 1 ? ",\n" : ","), of[i] + 0
		print "};"
	}' "$tmp/read"
	paste "$tmp/chars" "$tmp/simple" | awk -F '\t' '
	function code(s,  a, i, v, b) {
		if (length(s) != 3) return 0
		v = 0
		for (i = 1; i <= 3; i++) { b = byte[substr(s, i, 1)]; v = i == 1 ? b - 224 : v * 64 + b - 128 }
		return v
	}
	BEGIN { for (i = 1; i < 256; i++) byte[sprintf("%c", i)] = i; printf "static const uint16_t simple[][2] = {" }
	$1 != $2 { a = code($1); b = code($2); if (a && b) printf "%s{%d,%d}", (m++ == 0 ? "" : m % 12 == 1 ? ",\n" : ","), a, b }
	END { print "};" }'
} >"$out.tmp"
mv "$out.tmp" "$out"
