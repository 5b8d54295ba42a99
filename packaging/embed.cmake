# SPDX-License-Identifier: MulanPSL-2.0
# cmake -DIN=file -DOUT=header -DNAME=symbol -P embed.cmake: a text file as one C string, a line at a time.
file(READ ${IN} text)
string(REPLACE "\\" "\\\\" text "${text}")
string(REPLACE "\"" "\\\"" text "${text}")
string(REPLACE "\n" "\\n\"\n\"" text "${text}")
file(WRITE ${OUT} "/* Made from ${IN}; not kept. */\nstatic const char ${NAME}[] =\n\"${text}\";\n")
