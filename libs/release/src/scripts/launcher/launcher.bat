@echo off
rem Starts the release {{name}}, and does all that an operator does with it: without a command it tells what there is.
rem It serves all versions of the release; what differs between them is in releases\VERSION. What an operator changes is
rem there too: env.bat is read by every command, vm.args holds the flags of Node.
rem
rem No blocks in parentheses around anything with a path in it: a path may have parentheses of its own.
setlocal EnableExtensions DisableDelayedExpansion

for %%I in ("%~dp0..") do set "RELEASE_ROOT=%%~fI"
if not defined RELEASE_NAME set "RELEASE_NAME={{name}}"
if not defined RELEASE_PROG set "RELEASE_PROG=%~nx0"
set "RELEASE_COMMAND=%~1"
set "STARTS="
for %%C in (start start_repl start_iex) do if "%RELEASE_COMMAND%"=="%%C" set "STARTS=yes"

if defined RELEASE_VSN goto has_version
if not exist "%RELEASE_ROOT%\releases\default-version" goto no_default_version
set /p RELEASE_VSN=<"%RELEASE_ROOT%\releases\default-version"
:has_version
set "VERSION_FOLDER=%RELEASE_ROOT%\releases\%RELEASE_VSN%"
if not exist "%VERSION_FOLDER%\start.bat" goto no_version
call "%VERSION_FOLDER%\start.bat"

if not defined RELEASE_COMMAND goto usage_and_fail
for %%C in (start start_repl start_iex daemon daemon_repl daemon_iex install stop restart eval rpc remote pid version config verify "%RELEASE_WORD%") do if "%RELEASE_COMMAND%"=="%%~C" goto known_command
for %%C in (help --help -h) do if "%RELEASE_COMMAND%"=="%%C" goto help
goto usage_and_fail

:known_command
if exist "%VERSION_FOLDER%\env.bat" call "%VERSION_FOLDER%\env.bat" %*
rem Once more: it is not for env.bat to say which program this version is.
call "%VERSION_FOLDER%\start.bat"
if not defined RELEASE_MODE set "RELEASE_MODE=embedded"
if not defined RELEASE_DISTRIBUTION set "RELEASE_DISTRIBUTION=sname"
if not defined RELEASE_NODE set "RELEASE_NODE=%RELEASE_NAME%"
if not defined RELEASE_TMP set "RELEASE_TMP=%RELEASE_ROOT%\tmp"
if not defined RELEASE_VM_ARGS set "RELEASE_VM_ARGS=%VERSION_FOLDER%\vm.args"
if not defined RELEASE_REMOTE_VM_ARGS set "RELEASE_REMOTE_VM_ARGS=%VERSION_FOLDER%\remote.vm.args"
if not defined RELEASE_SYS_CONFIG set "RELEASE_SYS_CONFIG=%VERSION_FOLDER%\runtime.mjs"
for %%M in (embedded interactive) do if "%RELEASE_MODE%"=="%%M" goto known_mode
>&2 echo RELEASE_MODE is embedded or interactive, not "%RELEASE_MODE%"
exit /b 1
:known_mode
for %%D in (sname name none) do if "%RELEASE_DISTRIBUTION%"=="%%D" goto known_distribution
>&2 echo RELEASE_DISTRIBUTION is sname, name or none, not "%RELEASE_DISTRIBUTION%"
exit /b 1

:known_distribution
if not "%RELEASE_DISTRIBUTION%"=="name" goto known_node
echo "%RELEASE_NODE%" | findstr /r "@.*[.:]" >nul && goto known_node
>&2 echo RELEASE_DISTRIBUTION=name wants the full name of the host in RELEASE_NODE, such as %RELEASE_NAME%@host.example.org
exit /b 1

:known_node
set "COOKIE_FILE=%RELEASE_ROOT%\releases\COOKIE"
set "PID_FILE=%RELEASE_TMP%\%RELEASE_NODE%.pid"
set "ARGS_FILE=%RELEASE_REMOTE_VM_ARGS%"
if "%RELEASE_COMMAND%"=="version" goto version
if "%RELEASE_COMMAND%"=="pid" goto pid
for %%C in (daemon daemon_repl daemon_iex) do if "%RELEASE_COMMAND%"=="%%C" goto daemon
if not defined STARTS goto find_node
set "ARGS_FILE=%RELEASE_VM_ARGS%"

:find_node
if defined RELEASE_RUNTIME goto own_node
set "NODE="
for %%N in (node.exe) do set "NODE=%%~$PATH:N"
if not defined NODE goto no_node
set "FOUND="
for /f "usebackq delims=" %%V in (`""%NODE%" --version"`) do set "FOUND=%%V"
if "%FOUND%"=="v%RELEASE_NODE_VERSION%" goto has_node
>&2 echo %RELEASE_NAME%-%RELEASE_VSN% needs Node %RELEASE_NODE_VERSION%, and "%NODE%" is %FOUND%
exit /b 1
:own_node
set "NODE=%RELEASE_ROOT%\%RELEASE_RUNTIME%"
if exist "%NODE%" goto has_node
>&2 echo The release's own Node, "%NODE%", is not there
exit /b 1

:has_node
for %%C in (install verify) do if "%RELEASE_COMMAND%"=="%%C" goto read_flags
if defined RELEASE_COOKIE goto read_flags
if exist "%COOKIE_FILE%" goto read_cookie
if not defined STARTS goto read_flags
rem A release that was packed without a cookie makes its own at its first boot. Of two that start at once, one makes it.
"%NODE%" -e "const fs=require('fs'),file=process.argv[1];fs.writeFileSync(file+process.pid,require('crypto').randomBytes(32).toString('hex')+'\n');try{fs.linkSync(file+process.pid,file)}catch(e){if(e.code!=='EEXIST')throw e}finally{fs.rmSync(file+process.pid)}" "%COOKIE_FILE%"
if exist "%COOKIE_FILE%" goto read_cookie
>&2 echo "%COOKIE_FILE%" is not there, and cannot be made by this user; set RELEASE_COOKIE, or write a cookie into it
exit /b 1
:read_cookie
set /p RELEASE_COOKIE=<"%COOKIE_FILE%"
if defined RELEASE_COOKIE goto read_flags
>&2 echo "%COOKIE_FILE%" is empty, or another user's to read; run this as that user, or set RELEASE_COOKIE
exit /b 1

:read_flags
set "FLAGS="
if not exist "%ARGS_FILE%" goto no_args
rem What cmd.exe would give a meaning of its own is no part of a flag here.
findstr /v /r /c:"^[ 	]*#" "%ARGS_FILE%" | findstr /r "[&|<>^!%%]" >nul && goto bad_args
setlocal EnableDelayedExpansion
for /f "usebackq eol=# delims=" %%L in ("%ARGS_FILE%") do (
  set "REST=%%L"
  call :take_words
)
endlocal & set "FLAGS=%FLAGS%"
"%NODE%" %FLAGS% "%RELEASE_ROOT%\%RELEASE_PROGRAM%" %*
exit /b %ERRORLEVEL%

rem Moves the words at the beginning of REST to FLAGS, up to a comment.
:take_words
if not defined REST exit /b 0
set "WORD="
for /f "tokens=1* delims=	 " %%A in ("!REST!") do (
  set "WORD=%%A"
  set "REST=%%B"
)
if not defined WORD exit /b 0
if "!WORD:~0,1!"=="#" exit /b 0
set "FLAGS=!FLAGS! !WORD!"
goto take_words

rem PID: the node's process, if it runs.
:find_pid
set "PID="
if not exist "%PID_FILE%" exit /b 0
set /p PID=<"%PID_FILE%"
if not defined PID exit /b 0
tasklist /fi "PID eq %PID%" /fi "IMAGENAME eq node.exe" /nh 2>nul | findstr /r /c:" %PID% " >nul || set "PID="
exit /b 0

:pid
call :find_pid
if not defined PID goto not_running
echo %PID%
exit /b 0
:not_running
>&2 echo %RELEASE_NODE% does not run here
exit /b 1

:version
echo %RELEASE_NAME% %RELEASE_VSN%
exit /b 0

:daemon
>&2 echo Windows runs in the background what is a service: %RELEASE_PROG% install makes one of the node
exit /b 1

:no_default_version
>&2 echo "%RELEASE_ROOT%\releases\default-version", which names the version to start, is not there; set RELEASE_VSN
exit /b 1
:no_version
>&2 echo There is no version %RELEASE_VSN% of %RELEASE_NAME% here; there are
for /d %%V in ("%RELEASE_ROOT%\releases\*") do if exist "%%V\start.bat" >&2 echo   %%~nxV
exit /b 1
:no_node
>&2 echo %RELEASE_NAME%-%RELEASE_VSN% needs Node %RELEASE_NODE_VERSION%, and there is no Node in the path
exit /b 1
:no_args
>&2 echo "%ARGS_FILE%", which holds flags of Node, is not there
exit /b 1
:bad_args
>&2 echo "%ARGS_FILE%" has one of the characters ^& ^| ^< ^> ^^ ! %% in a flag; they cannot be there on Windows
exit /b 1

:help
call :usage
exit /b 0
:usage_and_fail
call :usage >&2
exit /b 1
:usage
echo Usage: %RELEASE_PROG% COMMAND [ARGUMENT...]
echo.
echo   start           runs the node until it is stopped
echo   start_repl      the same, with a shell on it, or start_iex: it stops when that is left
echo   stop            asks the node to stop, and returns when it is gone; --timeout SECONDS
echo   restart         has the node stop and begin anew in the same process, and returns when it runs
echo   eval EXPRESSION evaluates JavaScript with the configuration, and starts no application
echo   rpc EXPRESSION  evaluates JavaScript in the node; what stands behind it is in args
echo   remote          is a shell on the node, which goes on when it is left
echo   pid             prints the number of the node's process
echo   version         prints the name and the version of the release
echo   install         has the node start with the machine; --print prints the task
echo   config          prints the configuration, and where each value comes from
echo   verify          compares the files of the release with its manifest
echo   %RELEASE_WORD% COMMAND      looks after the node; %RELEASE_WORD% help lists the commands
echo   help            prints this
exit /b 0
