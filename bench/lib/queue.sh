# Sourced by bench/run: a scheduler of its own with very many jobs that wait, since its one worker is busy.

measure_queue() {
  say "the queue, $queue_jobs jobs"
  start_queue queue && fill_queue || true
  end_queue
}

fill_queue() {
  local part before after first last seconds begin
  # What is compiled is compiled by then; the first figure is of a queue that is short.
  fill "$queue_part" && fill "$queue_part" || return 1
  : >"$tmp/samples/queue-query"
  before=$(cpu_millis "$queue_pid")
  fill "$queue_part" || return 1
  after=$(cpu_millis "$queue_pid")
  first=$(calculate "($after - $before) / $queue_part")
  for ((part = 4; part < queue_jobs / queue_part; part++)); do
    [ "$((part % 5))" -ne 0 ] || say "the queue has $((part * queue_part)) jobs"
    fill "$queue_part" || return 1
  done
  before=$(cpu_millis "$queue_pid")
  fill "$queue_part" || return 1
  after=$(cpu_millis "$queue_pid")
  last=$(calculate "($after - $before) / $queue_part")
  row "StartJob of jobs that wait, $queue_calls calls at a time" '1/s ↑' '' "$(percentile queue-rate 50 1)" '' '' 'scheduler >= 5000'
  row 'the scheduler'"'"'s CPU time of one, last of all' 'ms ↓' '' "$last" 'with a short queue' "$first" 'scheduler / yardstick <= 1.2'
  row 'QueryJob meanwhile, p50' 'ms ↓' '' "$(percentile queue-query 50 1000)"
  row 'QueryJob meanwhile, p99' 'ms ↓' '' "$(percentile queue-query 99 1000)" '' '' 'scheduler <= 20'
  row "$queue_jobs jobs wait, resident" 'MiB ↓' '' "$(resident "$queue_pid")" '' '' 'scheduler <= 1536'
  kill "$queue_pid" && wait "$queue_pid" || true
  begin=$(date +%s%N)
  start_queue_scheduler
  ask query queue "$queue_blocker" 120 || {
    missing[queue]=$answer
    return 1
  }
  seconds=$(calculate "($(date +%s%N) - $begin) / 1e9")
  row "restart with $queue_jobs jobs that wait, to the first answer" 's ↓' '' "$seconds" '' '' 'scheduler <= 15'
  row "the same, resident" 'MiB ↓' '' "$(resident "$queue_pid")"
}

start_queue_scheduler() {
  start_server queue SchedulerVerticle
}

# start_queue NAME: a scheduler whose one worker is busy, both with directories of this name.
start_queue() {
  cat >"$tmp/queue.json" <<JSON
{ "port": $queue_port, "http": { "port": 0 }, "queue": 100000000, "store": { "path": "data/$1" } }
JSON
  free_port
  cat >"$tmp/queueworker.json" <<JSON
{ "port": $port, "advertise": "127.0.0.1:$port", "scheduler": ["127.0.0.1:$queue_port"], "slots": 1, "data": "data/$1worker", "runner": "embedded" }
JSON
  start_queue_scheduler
  start_server queueworker WorkerVerticle
  ask ready queue && ask start queue sleep 36000 && queue_blocker=$answer || {
    missing[queue]=$answer
    return 1
  }
}

end_queue() {
  kill "$queue_pid" "$queueworker_pid" 2>/dev/null && wait "$queue_pid" "$queueworker_pid" || true
}

# The samples of each part are a rate, and microseconds of queries.
fill() {
  ask fill queue "$1" "$queue_calls" "$tmp/samples/queue-query" || {
    missing[queue]=$answer
    return 1
  }
  printf '%s\n' "$answer" >>"$tmp/samples/queue-rate"
}
