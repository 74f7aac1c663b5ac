#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-2.0-or-later
# bash offers what the tools say they have in their own --help: every subcommand, and every option.
# shellcheck source=tests/check/common.sh
. "$(dirname "$0")/common.sh"

library=/usr/share/bash-completion/bash_completion
[ -e "$library" ] || need bash-completion
set +eu
# shellcheck source=/dev/null
. "$library"
# shellcheck source=/dev/null
. tools/completion/pidns.bash-completion
# shellcheck source=/dev/null
. tools/completion/pidns-top.bash-completion
PATH=$PIDNS_BUILD/bin:$PATH

# offers COMMAND WORD...: what is offered at the last, unfinished word.
offers() {
	local function
	function=$(complete -p "$1" | sed 's/.* -F \([^ ]*\) .*/\1/')
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMP_LINE="$*"
	COMP_POINT=${#COMP_LINE}
	COMPREPLY=()
	"$function" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
	printf '%s\n' "${COMPREPLY[@]}" | sed 's/[ =]$//' | sort -u
}

# all_offered SENTENCE FILE COMMAND WORD...: each line of FILE is offered there.
all_offered() {
	local sentence=$1 wanted=$2
	shift 2
	offers "$@" >"$scratch/offered"
	[ -s "$wanted" ] || fail "--help names nothing for: $sentence"
	comm -23 "$wanted" "$scratch/offered" >"$scratch/missing"
	[ ! -s "$scratch/missing" ] || fail "$sentence: not offered: $(tr '\n' ' ' <"$scratch/missing")"
	echo "$sentence: $(wc -l <"$wanted") offered"
}

long_options() {
	"$@" --help | grep -oE '^ +(-[a-zA-Z], +)?--[a-z-]+' | grep -oE -- '--[a-z-]+' | sort -u
}

pidns --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' | sort >"$scratch/commands"
all_offered "subcommands" "$scratch/commands" pidns ""
while read -r command; do
	long_options pidns "$command" >"$scratch/options"
	all_offered "options of $command" "$scratch/options" pidns "$command" --
done <"$scratch/commands"

long_options pidns-top >"$scratch/options"
all_offered "options of pidns-top" "$scratch/options" pidns-top --

pidns list --list-columns --noheadings 2>/dev/null | awk '{ print $1 }' | sort >"$scratch/columns"
all_offered "columns of list" "$scratch/columns" pidns list -o ""
printf '%s\n' auto bpf netlink procfs replay >"$scratch/providers"
all_offered "providers" "$scratch/providers" pidns list --provider ""
all_offered "providers of pidns-top" "$scratch/providers" pidns-top --provider ""

# Namespaces by inode and by the name of the container, those of a recorded machine here.
mkdir "$scratch/bin"
cat >"$scratch/bin/pidns" <<END
#!/bin/sh
exec "$PIDNS_BUILD/bin/pidns" "\$@" --from tests/fixtures/notes.pidns
END
chmod +x "$scratch/bin/pidns"
PATH=$scratch/bin:$PATH
printf '%s\n' 4026532201 aaaabbbbcccc web >"$scratch/namespaces"
for words in "ps" "show" "why" "map -n"; do
	read -r -a words <<<"$words"
	all_offered "NS of ${words[*]}" "$scratch/namespaces" pidns "${words[@]}" ""
done
all_offered "NS of pidns-top" "$scratch/namespaces" pidns-top ""
