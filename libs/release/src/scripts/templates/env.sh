#!/bin/sh
# Read by bin/{{name}} before every command, as shell: what is exported here is what the command and the node see.
#
# It knows RELEASE_ROOT (the folder of the release), RELEASE_NAME, RELEASE_VSN, RELEASE_COMMAND (start, pid, ...) and
# RELEASE_PROG; "$@" are the words behind the command. What it says of other variables counts, unless the examples below
# are written so that the caller's word does: ${RELEASE_NODE:-...}.

# What the node writes is for its user alone.
umask 077

# Linux: large pages for the memory that Node's own code allocates; faster where much is kept in memory.
export GLIBC_TUNABLES="${GLIBC_TUNABLES:-glibc.malloc.hugetlb=1}"

# How the node is called. Two nodes of one release on one machine need two names.
# export RELEASE_NODE="${RELEASE_NODE:-{{node}}}"

# Where its host has a name of several words, or is an address: bin/{{name}} sees to it that RELEASE_NODE has it. By default
# this is sname, and the host is called by one word.
# export RELEASE_DISTRIBUTION=name RELEASE_NODE="${RELEASE_NODE:-{{node}}@host.example.org}"

# Where the node notes its process, and what else lasts no longer than it does.
# export RELEASE_TMP="${RELEASE_TMP:-/run/{{name}}}"

# Something for one command only.
# case $RELEASE_COMMAND in
#   start) export NODE_OPTIONS="--heapsnapshot-signal=SIGUSR2" ;;
# esac

# heart: a daemon that has died, or has hung for RELEASE_HEART_TIMEOUT seconds (60), is started again; one that was stopped
# is not.
# export RELEASE_HEART=true
