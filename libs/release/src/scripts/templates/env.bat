@rem Read by bin\{{name}}.bat before every command: what is set here is what the command and the node see.
@rem
@rem It knows RELEASE_ROOT (the folder of the release), RELEASE_NAME, RELEASE_VSN, RELEASE_COMMAND (start, pid, ...) and
@rem RELEASE_PROG; %* are the words behind the command's name, and that name. What it says of other variables counts.

@rem How the node is called. Two nodes of one release on one machine need two names.
@rem set "RELEASE_NODE={{node}}"

@rem Where its host has a name of several words, or is an address: bin\{{name}}.bat sees to it that RELEASE_NODE has it. By
@rem default this is sname, and the host is called by one word.
@rem set "RELEASE_DISTRIBUTION=name"
@rem set "RELEASE_NODE={{node}}@host.example.org"

@rem Where the node notes its process, and what else lasts no longer than it does.
@rem set "RELEASE_TMP=%ProgramData%\{{name}}"

@rem heart starts a daemon again that has died or hangs; there are daemons on Unix only.
@rem set "RELEASE_HEART=true"
