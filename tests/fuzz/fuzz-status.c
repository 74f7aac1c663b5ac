// SPDX-License-Identifier: GPL-2.0-or-later
/* /proc/PID/status, with its lists of numbers, one a level. */
#include "fuzz.h"
#include "base/proc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint32_t lists = PROC_STATUS_NSPID | PROC_STATUS_NSPGID | PROC_STATUS_NSSID;
	struct proc_status s;
	uint32_t i;

	if (proc_parse_status((const char *)data, size, &s) < 0)
		return 0;
	must(s.nr_nspid <= PROC_LEVELS);
	must(!!(s.known & lists) == !!s.nr_nspid);
	if (s.known & PROC_STATUS_TGID)
		must(s.tgid > 0);
	for (i = 0; i < s.nr_nspid; i++) {
		if (s.known & PROC_STATUS_NSPID)
			must(s.nspid[i] > 0);
		must(s.nspgid[i] >= 0 && s.nssid[i] >= 0);
	}
	return 0;
}
