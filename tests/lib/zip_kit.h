/* SPDX-License-Identifier: MulanPSL-2.0 */
/* Zips and workbooks made in memory, part by part, for readers of foreign files. */
#ifndef JC_TESTS_LIB_ZIP_KIT_H
#define JC_TESTS_LIB_ZIP_KIT_H

#include "schema_buf.h"

struct zip_kit {
	struct jc_buf out;     /* the zip, whole after zip_kit_end */
	struct jc_buf central;
	unsigned parts;
};

void zip_kit_new(struct zip_kit *z);
void zip_kit_free(struct zip_kit *z);
/* Adds a part, deflated. */
void zip_kit_add(struct zip_kit *z, const char *name, const void *p, size_t n);
void zip_kit_puts(struct zip_kit *z, const char *name, const char *text);
void zip_kit_end(struct zip_kit *z);

/*
 * A workbook of one sheet: `sheet` is what stands in <worksheet>, `shared` in <sst>, `styles` in
 * <styleSheet>; NULL leaves a part out. date1904 as in the workbook.
 */
void zip_kit_book(struct zip_kit *z, const char *sheet, const char *shared, const char *styles, int date1904);

#endif
