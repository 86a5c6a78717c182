# Sourced by bench/run: a scheduler and a worker as an installation has them, each a process, and the client that loads them.

# Sets port to one of loopback that nobody listens on. Below 32768, where the kernel takes ports for clients from.
free_port() {
  local listening
  while :; do
    port=$((20000 + RANDOM % 12768))
    printf -v listening ':%04X 0*:0000 0A' "$port"
    # Not taken before either, or two of our own servers could be given the same.
    if ! grep -Eq "$listening" /proc/net/tcp /proc/net/tcp6 2>/dev/null && [[ $taken != *" $port "* ]]; then
      taken="$taken $port "
      return
    fi
  done
}

make_certificates() {
  ORRERY_HOME=$tmp "$installation/bin/orrery" certs init >"$tmp/certs.log" 2>&1 \
    || give_up "no certificates: $(tail -n 3 "$tmp/certs.log")"
}

start_servers() {
  free_port
  scheduler_port=$port
  free_port
  worker_port=$port
  free_port
  queue_port=$port
  cat >"$tmp/scheduler.json" <<JSON
{ "port": $scheduler_port, "http": { "port": 0 } }
JSON
  # Slots are counted in jobs at a time; the bench wants to see what the worker can do, not what it is told to.
  cat >"$tmp/worker.json" <<JSON
{ "port": $worker_port, "advertise": "127.0.0.1:$worker_port", "scheduler": ["127.0.0.1:$scheduler_port"], "slots": 10000 }
JSON
  mkdir -p "$tmp/conf" "$tmp/scripts"
  start_server scheduler SchedulerVerticle
  start_server worker WorkerVerticle
  compile_client
  start_client
  ask ready || give_up "the servers did not come up: $answer; $(tail -n 5 "$tmp/worker.log" "$tmp/scheduler.log")"
  # The worker's only child; it does not end with the worker.
  runner_pid=$(cat "/proc/$worker_pid/task"/*/children)
  runner_pid=${runner_pid%% *}
}

# bin/vertx replaces itself by the JVM, so that the pid is the server's.
start_server() {
  ORRERY_HOME=$tmp "$installation/bin/vertx" run "$2" -conf "$tmp/$1.json" \
    >"$tmp/$1.log" 2>&1 </dev/null &
  printf -v "$1_pid" %s $!
  own_pids+=($!)
}

compile_client() {
  mkdir -p "$tmp/classes"
  "${java%java}javac" -Xlint:all,-path,-classfile -Werror -implicit:none -proc:none -cp "$lib/orrery.jar" \
    -d "$tmp/classes" "$here"/java/io/orrery/bench/*.java >"$tmp/javac.log" 2>&1 \
    || give_up "the client does not compile: $(cat "$tmp/javac.log")"
}

start_client() {
  # With the memory of what passes gigabytes on, as bin/orrery logs has: a young generation of hundreds of megabytes is
  # touched page by page, which would be most of the client's time.
  # shellcheck disable=SC2086,SC2154 # options are words; from jdk.sh
  coproc LOAD {
    exec "$java" $stream_options -Dorrery.log=WARN ${ORRERY_BENCH_CLIENT_OPTS-} \
      -cp "$tmp/classes:$lib/orrery.jar" \
      io.orrery.bench.LoadClient "$tmp/certs" "$scheduler_port" "$worker_port" "$queue_port" 2>"$tmp/client.log"
  }
  # The name's own descriptors are taken away when the client ends; these only when we do.
  exec {orders}>&"${LOAD[1]}" {answers}<&"${LOAD[0]}"
  client_pid=$LOAD_PID
  own_pids+=("$client_pid")
}

# Gives the client an order and waits; sets answer to what it asked for, or to why it failed.
ask() {
  local line
  answer='the client is gone'
  printf '%s\n' "$*" >&"$orders" 2>/dev/null || return 1
  if ! IFS= read -r -t 300 line <&"$answers"; then
    return 1
  fi
  answer=${line#* }
  [[ $line == ok* ]]
}
