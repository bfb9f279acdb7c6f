# guard.sh FOLDER SIGNAL COMMAND…: keeps one server for a test process, which holds the other end of this script's standard
# input. However that process ends, the input ends with it; then the server is ended with SIGNAL, and its FOLDER is removed.
folder=$1 signal=$2
shift 2
pid=

# The server and the processes it has started.
family() { printf '%s ' "$pid"; cat "/proc/$pid/task/$pid/children" 2>/dev/null; }

end() {
  [ -n "$pid" ] || return
  # Stopped processes would sit on the signal.
  kill -s CONT $(family) 2>/dev/null
  kill -s "$signal" "$pid" 2>/dev/null
  wait "$pid" 2>/dev/null
  pid=
}

while read -r order; do
  case $order in
    start)
      "$@" >>"$folder/log" 2>&1 &
      pid=$!
      ;;
    end) end ;;
    *) [ -z "$pid" ] || kill -s "$order" $(family) 2>/dev/null ;;
  esac
  echo done
done
end
rm -rf "$folder"
