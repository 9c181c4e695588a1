@rem Read by bin\{{name}}.bat before every command: what is set here is what the command and the node see.
@rem
@rem It knows RELEASE_ROOT (the folder of the release), RELEASE_NAME, RELEASE_VSN, RELEASE_COMMAND (start, pid, ...) and
@rem RELEASE_PROG; %* are the words behind the command's name, and that name. What it says of other variables counts.

@rem How the node is called. Two nodes of one release on one machine need two names.
@rem set "RELEASE_NODE={{node}}"

@rem Whether the node is called by its host's short name (sname, the default) or the full one (name), or is alone (none).
@rem set "RELEASE_DISTRIBUTION=name"

@rem Where the node notes its process, and what else lasts no longer than it does.
@rem set "RELEASE_TMP=%ProgramData%\{{name}}"

@rem heart: a daemon that has died, or hangs, is started again; one that was stopped is not.
@rem set "RELEASE_HEART=true"
