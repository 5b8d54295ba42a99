/* SPDX-License-Identifier: MulanPSL-2.0 */
#include "cmd.h"

int
main(int argc, char **argv)
{
	return jc_cmd_main(argc, argv);
}
