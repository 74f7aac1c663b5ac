#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# spec.sh [BASE] - the specification is valid, and what was generated from it is what the series has, by
# the kernel's own tools. Our copies of the header and the specification are the series'.
# shellcheck source=tests/vm/common.sh
. "$(dirname "$0")/common.sh"
need patch
/usr/bin/python3 -c 'import yaml, jsonschema' 2>/dev/null || need python3-jsonschema

base=${1-$base}
source=$(build_kernel --source)
spec=$source/Documentation/netlink/specs/pidns.yaml
cmp "$top/kernel/specs/pidns.yaml" "$spec" || fail "the specification differs from the series'"
# The generator of a newer kernel adds a comment.
diff "$top/kernel/uapi/linux/pidns.h" <(grep -v 'To regenerate run:' "$source/include/uapi/linux/pidns.h") ||
	fail "the header differs from the series'"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
generator=tools/net/ynl/pyynl/ynl_gen_c.py
[ -e "$source/$generator" ] || generator=tools/net/ynl/ynl-gen-c.py
# expect_generated FILE ARGUMENT...: the generator makes just this. It writes the name of the
# specification as seen from the top of the source, so it is called there.
expect_generated() {
	local file=$1
	shift
	(cd "$source" && /usr/bin/python3 "$generator" --spec "$spec" "$@" \
		-o "$work/$(basename "$file")")
	diff -u "$source/$file" "$work/$(basename "$file")" || fail "$file is not what is generated"
}
expect_generated include/uapi/linux/pidns.h --mode uapi --header
expect_generated kernel/pid_info_gen.h --mode kernel --header
expect_generated kernel/pid_info_gen.c --mode kernel --source

/usr/bin/python3 - "$spec" "$source/Documentation/netlink/genetlink.yaml" <<-'END'
	import sys, jsonschema, yaml
	spec, schema = (yaml.safe_load(open(name, encoding="utf-8")) for name in sys.argv[1:])
	jsonschema.validate(spec, schema)
	assert spec["protocol"] == "genetlink"
END
echo "the specification is valid, and everything made from it up to date"
