#!/bin/sh
# Starts the release {{name}}, and does all that an operator does with it: without a command it tells what there is.
# Plain POSIX sh. It serves all versions of the release; what differs between them is in releases/VERSION. What an
# operator changes is there too: env.sh is read by every command, vm.args holds the flags of Node.

newline='
'
tab='	'

# One sentence, and nothing has been done.
fail() {
  printf '%s\n' "$1" >&2
  exit 1
}

# The folder above this script's own, wherever links have led here from.
find_root() {
  self=$0
  case $self in */*) ;; *) self=./$self ;; esac
  while [ -L "$self" ]; do
    target=$(readlink "$self") || fail "The link $self cannot be followed"
    case $target in
      /*) self=$target ;;
      *) self=${self%/*}/$target ;;
    esac
  done
  root=$(CDPATH='' cd -P "${self%/*}/.." && pwd -P) || fail "The folder of the release cannot be entered: ${self%/*}/.."
  forget_another "$root"
  RELEASE_ROOT=$root
}

# A node of another release may be the one who calls: what its own script has set is not meant for this one.
forget_another() {
  [ -n "${RELEASE_ROOT:-}" ] || return 0
  [ "$(CDPATH='' cd -P "$RELEASE_ROOT" 2>/dev/null && pwd -P)" = "$1" ] && return 0
  unset RELEASE_NAME RELEASE_VSN RELEASE_COMMAND RELEASE_PROG RELEASE_MODE RELEASE_DISTRIBUTION RELEASE_NODE \
    RELEASE_COOKIE RELEASE_TMP RELEASE_VM_ARGS RELEASE_REMOTE_VM_ARGS RELEASE_SYS_CONFIG
}

# RELEASE_VSN, or the version that was assembled last.
find_version() {
  releases=$RELEASE_ROOT/releases
  if [ -z "${RELEASE_VSN:-}" ]; then
    [ -r "$releases/default-version" ] ||
      fail "$releases/default-version, which names the version to start, is not there or may not be read; set RELEASE_VSN"
    read -r RELEASE_VSN <"$releases/default-version"
  fi
  case $RELEASE_VSN in
    */*) ;;
    *) version_folder=$releases/$RELEASE_VSN && [ -f "$version_folder/start.sh" ] && return 0 ;;
  esac
  there=
  for file in "$releases"/*/start.sh; do
    [ -f "$file" ] || continue
    file=${file%/start.sh}
    there=$there${there:+, }${file##*/}
  done
  fail "There is no version $RELEASE_VSN of $RELEASE_NAME here; there are ${there:-none}"
}

# What every command knows. env.sh is given the words behind the command as "$@", and may set whatever is not set yet.
read_environment() {
  if [ -f "$version_folder/env.sh" ]; then
    [ -r "$version_folder/env.sh" ] || fail "$version_folder/env.sh may not be read by this user"
    . "$version_folder/env.sh"
  fi
}

set_defaults() {
  RELEASE_MODE=${RELEASE_MODE:-embedded}
  RELEASE_DISTRIBUTION=${RELEASE_DISTRIBUTION:-sname}
  RELEASE_NODE=${RELEASE_NODE:-$RELEASE_NAME}
  RELEASE_TMP=${RELEASE_TMP:-$RELEASE_ROOT/tmp}
  RELEASE_VM_ARGS=${RELEASE_VM_ARGS:-$version_folder/vm.args}
  RELEASE_REMOTE_VM_ARGS=${RELEASE_REMOTE_VM_ARGS:-$version_folder/remote.vm.args}
  RELEASE_SYS_CONFIG=${RELEASE_SYS_CONFIG:-$version_folder/runtime.mjs}
  # All code is loaded before anything starts, in either mode.
  case $RELEASE_MODE in
    embedded | interactive) ;;
    *) fail "RELEASE_MODE is embedded or interactive, not \"$RELEASE_MODE\"" ;;
  esac
  case $RELEASE_DISTRIBUTION in
    sname | name | none) ;;
    *) fail "RELEASE_DISTRIBUTION is sname, name or none, not \"$RELEASE_DISTRIBUTION\"" ;;
  esac
  case $RELEASE_NODE in
    */*) fail "RELEASE_NODE is the name of a node, not \"$RELEASE_NODE\"" ;;
  esac
  case $RELEASE_DISTRIBUTION:$RELEASE_NODE in
    name:*@*[.:]* | sname:* | none:*) ;;
    *) fail "RELEASE_DISTRIBUTION=name wants the full name of the host in RELEASE_NODE, such as $RELEASE_NAME@host.example.org, not \"$RELEASE_NODE\"" ;;
  esac
  export RELEASE_MODE RELEASE_DISTRIBUTION RELEASE_NODE RELEASE_TMP RELEASE_VM_ARGS RELEASE_REMOTE_VM_ARGS
  export RELEASE_SYS_CONFIG
}

# What an operator has to know to talk to the node, and nodes to each other.
read_cookie() {
  [ -z "${RELEASE_COOKIE:-}" ] || { export RELEASE_COOKIE && return 0; }
  cookie_file=$RELEASE_ROOT/releases/COOKIE
  [ -e "$cookie_file" ] || return 0
  [ -r "$cookie_file" ] ||
    fail "$cookie_file is another user's to read; run this as that user, or set RELEASE_COOKIE"
  # A last line without its end is a line.
  read -r RELEASE_COOKIE <"$cookie_file" || :
  [ -n "$RELEASE_COOKIE" ] || fail "$cookie_file is empty; remove it, or write a cookie into it"
  export RELEASE_COOKIE
}

# A release that was packed without a cookie makes its own at its first boot. Of two that start at once, one makes it.
make_cookie() {
  cookie_file=$RELEASE_ROOT/releases/COOKIE
  [ -z "${RELEASE_COOKIE:-}" ] && [ ! -e "$cookie_file" ] || return 0
  cookie=$(od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n')
  [ "${#cookie}" -eq 64 ] || fail "No cookie could be made: /dev/urandom cannot be read; set RELEASE_COOKIE"
  draft=$cookie_file.$$
  (umask 077 && printf '%s\n' "$cookie" >"$draft") 2>/dev/null ||
    fail "$cookie_file is not there, and cannot be made by this user; set RELEASE_COOKIE, or write a cookie into it"
  # A hard link is made whole or not at all, and replaces nothing; not every file system has them.
  ln "$draft" "$cookie_file" 2>/dev/null || [ -e "$cookie_file" ] || mv "$draft" "$cookie_file"
  rm -f "$draft"
}

# Whether the node runs; $pid is its process then. From the file that it writes, without a Node: the number on the first line,
# and on the second when that process began, which tells it from another that was given the number later.
find_pid() {
  pid=
  began=
  pid_file=$RELEASE_TMP/$RELEASE_NODE.pid
  [ ! -d "$RELEASE_TMP" ] || [ -x "$RELEASE_TMP" ] || fail "$RELEASE_TMP is another user's; run this as that user"
  [ -e "$pid_file" ] || return 1
  [ -r "$pid_file" ] || fail "$pid_file is another user's to read; run this as that user"
  { read -r pid && read -r began; } <"$pid_file" || return 1
  case $pid in '' | *[!0-9]*) return 1 ;; esac
  began_then "$pid" "$began"
}

# Whether there is a process with the number $1 that began at $2, and has not ended.
began_then() {
  if [ -r /proc/self/stat ]; then
    { read -r status <"/proc/$1/stat"; } 2>/dev/null || return 1
    wanted=$2
    # Behind the name, which may have anything in it: the state, and in the twentieth place the time of the start.
    # shellcheck disable=SC2086
    set -- ${status##*) }
    case $1 in Z | X) return 1 ;; esac
    [ "${20:-}" = "$wanted" ]
    return
  fi
  wanted=$(printf '%s' "$2" | tr -s ' ')
  # shellcheck disable=SC2046
  set -- $(LC_ALL=C TZ=UTC ps -o stat=,lstart= -p "$1" 2>/dev/null)
  case ${1:-Z} in Z*) return 1 ;; esac
  shift
  [ "$*" = "$wanted" ]
}

# The flags in the file $1, one a line, into $flags. They are words between blanks; what is between double quotes is one word,
# or a part of one, and # at the beginning of a word makes a comment of the rest of the line. Nothing else has a meaning.
read_flags() {
  flags=
  { [ -f "$1" ] && [ -r "$1" ]; } || fail "$1, which holds flags of Node, is not there or may not be read"
  line_number=0
  while IFS= read -r rest || [ -n "$rest" ]; do
    line_number=$((line_number + 1))
    rest=${rest%"$carriage_return"}
    while next_word "$1:$line_number"; do
      flags=$flags$word$newline
    done
  done <"$1"
}

# Takes a word from the beginning of $rest; $1 says where that is.
next_word() {
  while :; do
    case $rest in ["$tab "]*) rest=${rest#?} ;; *) break ;; esac
  done
  case $rest in '' | '#'*) return 1 ;; esac
  word=
  while :; do
    plain=${rest%%["$tab \""]*}
    word=$word$plain
    rest=${rest#"$plain"}
    case $rest in '"'*) rest=${rest#?} ;; *) break ;; esac
    case $rest in *'"'*) ;; *) fail "$1: a quotation mark is missing" ;; esac
    word=$word${rest%%\"*}
    rest=${rest#*\"}
  done
  [ -n "$word" ] || fail "$1: there is nothing between the quotation marks"
}

# Finds the Node that this version was made with, into $node.
find_node() {
  if [ -z "$RELEASE_RUNTIME" ]; then
    node=$(command -v node) ||
      fail "$RELEASE_NAME-$RELEASE_VSN needs Node $RELEASE_NODE_VERSION, and there is no Node in the path"
    found=$("$node" --version 2>&1) || explain "$found"
    [ "$found" = "v$RELEASE_NODE_VERSION" ] ||
      fail "$RELEASE_NAME-$RELEASE_VSN needs Node $RELEASE_NODE_VERSION, and $node is $found"
    return 0
  fi
  node=$RELEASE_ROOT/$RELEASE_RUNTIME
  [ -x "$node" ] || fail "The release's own Node, $node, is not there or may not be executed"
  # Trying it out costs some milliseconds, which are spent where a look makes one doubt.
  looks_right || found=$("$node" --version 2>&1) || explain "$found"
}

# Whether this machine seems to be one that the release was made for, with the libraries that Node needs.
looks_right() {
  machine=$(uname -sm)
  case $RELEASE_TARGET:$machine in
    darwin-*:Darwin*) return 0 ;;
    linux-x64:"Linux x86_64") loader=/lib64/ld-linux-x86-64.so.2 ;;
    linux-arm64:"Linux aarch64") loader=/lib/ld-linux-aarch64.so.1 ;;
    *) return 1 ;;
  esac
  [ -e "$loader" ] || return 1
  for library in /lib/*/libatomic.so.1 /usr/lib/*/libatomic.so.1 /lib64/libatomic.so.1 /usr/lib64/libatomic.so.1 \
    /usr/lib/libatomic.so.1; do
    [ ! -e "$library" ] || return 0
  done
  return 1
}

# Why $node has not started, as it has said itself.
explain() {
  case $1 in
    *libatomic*) fail "Node $RELEASE_NODE_VERSION needs the library libatomic.so.1; install it (Debian: apt-get install libatomic1)" ;;
    *libstdc++*) fail "Node $RELEASE_NODE_VERSION needs the library libstdc++.so.6; install it (Debian: apt-get install libstdc++6)" ;;
    *[Ee]"xec format"* | *"annot execute"* | *"ot found"* | *"o such file"*)
      fail "$RELEASE_NAME-$RELEASE_VSN is made for $RELEASE_TARGET, and this is $(uname -sm), or without glibc" ;;
    *) fail "$node does not start: ${1%%"$newline"*}" ;;
  esac
}

# Node takes the place of this script, so that signals and the exit code are its own. $1: the file of its flags; then what it
# is to do.
run_node() {
  find_node
  read_flags "$1"
  shift
  # One flag a line, and nothing in them means anything.
  set -f
  IFS=$newline
  # shellcheck disable=SC2086
  exec "$node" $flags "$RELEASE_ROOT/$RELEASE_PROGRAM" "$@"
}

usage() {
  printf '%s\n' \
    "Usage: $RELEASE_PROG COMMAND [ARGUMENT...]" \
    "" \
    "  start           runs the node until it is stopped" \
    "  start_repl      the same, with a shell on it, or start_iex: it stops when that is left" \
    "  daemon          starts the node in the background; it logs into tmp/log" \
    "  daemon_repl     the same, or daemon_iex: remote is a shell on any node" \
    "  stop            asks the node to stop, and returns when it is gone; --timeout SECONDS" \
    "  restart         has the node stop and begin anew in the same process, and returns when it runs" \
    "  eval EXPRESSION evaluates JavaScript with the configuration, and starts no application" \
    "  rpc EXPRESSION  evaluates JavaScript in the node; what stands behind it is in args" \
    "  remote          is a shell on the node, which goes on when it is left" \
    "  pid             prints the number of the node's process" \
    "  version         prints the name and the version of the release" \
    "  install         makes the node a service of systemd; --print prints the unit, --user USER says who runs it" \
    "  config          prints the configuration, and where each value comes from" \
    "  verify          compares the files of the release with its manifest"
  [ -z "$RELEASE_WORD" ] || printf '  %-15s %s\n' "$RELEASE_WORD COMMAND" "looks after the node; $RELEASE_WORD help lists the commands"
  printf '%s\n' \
    "  help            prints this"
}

main() {
  carriage_return=$(printf '\r')
  find_root
  RELEASE_NAME=${RELEASE_NAME:-"{{name}}"}
  RELEASE_PROG=${RELEASE_PROG:-${0##*/}}
  find_version
  RELEASE_COMMAND=${1:-}
  export RELEASE_ROOT RELEASE_NAME RELEASE_VSN RELEASE_PROG RELEASE_COMMAND
  . "$version_folder/start.sh"
  case $RELEASE_COMMAND in
    start | start_repl | start_iex | daemon | daemon_repl | daemon_iex | stop | restart | eval | rpc | remote | pid | version | install | config | verify | "${RELEASE_WORD:-start}") ;;
    help | --help | -h) usage && exit 0 ;;
    *) usage >&2 && exit 1 ;;
  esac
  shift
  read_environment "$@"
  # Once more: it is not for env.sh to say which program this version is.
  . "$version_folder/start.sh"
  set_defaults

  case $RELEASE_COMMAND in
    start | start_repl | start_iex | daemon | daemon_repl | daemon_iex)
      make_cookie
      read_cookie
      run_node "$RELEASE_VM_ARGS" "$RELEASE_COMMAND" "$@"
      ;;
    stop)
      # By its process, and only where that is not known by its socket.
      [ ! -r "$RELEASE_ROOT/releases/COOKIE" ] || read_cookie
      run_node "$RELEASE_REMOTE_VM_ARGS" stop "$@"
      ;;
    pid)
      find_pid || fail "$RELEASE_NODE does not run here; $RELEASE_PROG start starts it"
      printf '%s\n' "$pid"
      ;;
    version)
      printf '%s\n' "$RELEASE_NAME $RELEASE_VSN"
      ;;
    eval)
      [ ! -r "$RELEASE_ROOT/releases/COOKIE" ] || read_cookie
      run_node "$RELEASE_VM_ARGS" eval "$@"
      ;;
    install | verify)
      run_node "$RELEASE_REMOTE_VM_ARGS" "$RELEASE_COMMAND" "$@"
      ;;
    *)
      # All others talk to the node.
      read_cookie
      run_node "$RELEASE_REMOTE_VM_ARGS" "$RELEASE_COMMAND" "$@"
      ;;
  esac
}

main "$@"
