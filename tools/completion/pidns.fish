# SPDX-License-Identifier: GPL-2.0-or-later
# fish completion for pidns(8) and pidns-top(8): all there is to offer is read from their --help and
# --list-columns, so that it is what the installed version has. Installed under both names.

function __pidns_commands
    pidns --help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\)  *\(.*\)/\1\t\2/p'
end

# The command on the line, or tree, which pidns is without one.
function __pidns_command
    set -l words (commandline -opc)
    for word in $words[2..-1]
        if string match -qr "^$word\t" (__pidns_commands)
            echo $word
            return
        end
    end
    echo tree
end

function __pidns_command_is
    test (__pidns_command) = $argv[1]
end

function __pidns_has_no_command
    not contains -- (__pidns_command) (commandline -opc)
end

# A list separated by commas, each after the sign it may begin with.
function __pidns_columns
    set -l before (string match -r '^(?:.*,)?[-+]?' -- (commandline -ct))
    for line in ($argv --list-columns 2>/dev/null)
        echo $before(string replace -r ' +' \t -- $line)
    end
end

function __pidns_namespaces
    pidns list --raw --noheadings -o ino,container 2>/dev/null | string match -r '^\S+'
    pidns list --raw --noheadings -o container 2>/dev/null | string match -rv '^-$|\\\\'
    string replace -rf '^/proc/(\d+)$' '@$1' -- /proc/*
end

function __pidns_pids
    string replace -rf '^/proc/(\d+)$' '$1' -- /proc/*
end

function __pidns_providers
    pidns list --help 2>/dev/null | sed -n 's/ *--provider NAME *\(.*\) or auto.*/\1 auto/; T; s/,//gp' |
        string split ' '
end

# A line for each option in the --help of a command: letter, name, argument, what it does.
function __pidns_options
    $argv --help 2>/dev/null |
        string replace -rf '^ +(?:-([a-zA-Z]), )?(?: *)--([a-z-]+)(\[?[ =][^ ]*)? +(.*)$' '$1\t$2\t$3\t$4'
end

function __pidns_add
    set -l words $argv[2..-1]
    set -l columns '(__pidns_columns '(string join ' ' $words)')'
    for line in (__pidns_options $words)
        set -l parts (string split \t -- $line)
        set -l made -c $words[1] -l $parts[2] -d $parts[4]
        test -z "$argv[1]"; or set -a made -n $argv[1]
        test -z "$parts[1]"; or set -a made -s $parts[1]
        switch "$parts[2]$parts[3]"
            case '*sort*' 'output*'
                set -a made -x -a $columns
            case '* FILE'
                set -a made -r -F
            case '* DIR'
                set -a made -x -a '(__fish_complete_directories (commandline -ct))'
            case '* NS'
                set -a made -x -a '(__pidns_namespaces)'
            case 'provider*'
                set -a made -x -a '(__pidns_providers)'
            case 'signal*'
                set -a made -x -a '(string split " " -- (kill -l))'
            case '* *'
                set -a made -x
        end
        complete $made
    end
end

if string match -q '*pidns-top.fish' -- (status filename)
    complete -c pidns-top -f -a '(__pidns_namespaces)'
    __pidns_add '' pidns-top
else
    complete -c pidns -f
    complete -c pidns -n __pidns_has_no_command -a '(__pidns_commands)'
    complete -c pidns -n __pidns_has_no_command -s V -l version -d 'print the version'
    for line in (__pidns_commands)
        set -l command (string split \t -- $line)[1]
        __pidns_add "__pidns_command_is $command" pidns $command
    end
    complete -c pidns -n 'contains (__pidns_command) ps show watch why enter' -a '(__pidns_namespaces)'
    complete -c pidns -n 'contains (__pidns_command) map kill' -a '(__pidns_pids)'
    complete -c pidns -n '__pidns_command_is diff' -F
    complete -c pidns -n '__pidns_command_is unshare' -a '(__fish_complete_subcommand)'
end
