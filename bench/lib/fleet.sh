# Sourced by bench/run: a scheduler of its own with very many workers that have nothing to do but to say that they are there.

measure_fleet() {
  local before after wall
  say "the fleet, $fleet_workers workers"
  # Each has two connections with the scheduler, and three descriptors in the process that plays them.
  if ! ulimit -n $((fleet_workers * 3 + 1000)) 2>/dev/null; then
    fleet_workers=$((($(ulimit -n) - 500) / 3))
    note "the limit of $(ulimit -n) open files allows no more than $fleet_workers simulated workers"
  fi
  free_port
  cat >"$tmp/fleet.json" <<JSON
{ "port": $port, "http": { "port": 0 }, "lease": "30s", "store": { "path": "data/fleet" } }
JSON
  start_server fleet SchedulerVerticle
  simulate "$port" "$fleet_workers" 1 || {
    missing[fleet]=$answer
    return 0
  }
  # All are dialled, and their garbage is gone.
  sleep "$fleet_seconds"
  before=$(cpu_millis "$fleet_pid")
  wall=$(date +%s%N)
  sleep "$fleet_seconds"
  after=$(cpu_millis "$fleet_pid")
  wall=$(calculate "($(date +%s%N) - $wall) / 1e6")
  row "$fleet_workers workers, a heartbeat each 10 s" '% of a core ↓' '' "$(calculate "100 * ($after - $before) / $wall")" '' '' 'scheduler <= 20'
  row "$fleet_workers workers, resident" 'MiB ↓' '' "$(resident "$fleet_pid")" '' '' 'scheduler <= 600'
  kill "$fleetsim_pid" "$fleet_pid"
}

# simulate PORT WORKERS SLOTS: workers that only play; ready when all are known to the scheduler of the port.
simulate() {
  local begin=$SECONDS
  # shellcheck disable=SC2086,SC2154 # options are words; from jdk.sh
  "$java" $common_options -Xmx8g -Dorrery.log=WARN -cp "$tmp/classes:$lib/orrery.jar" \
    io.orrery.bench.FleetSim "$tmp/certs" "$1" "$2" 10000 "$3" >"$tmp/fleetsim.out" 2>"$tmp/fleetsim.log" </dev/null &
  fleetsim_pid=$!
  own_pids+=("$fleetsim_pid")
  until grep -q '^ready' "$tmp/fleetsim.out"; do
    kill -0 "$fleetsim_pid" 2>/dev/null && [ $((SECONDS - begin)) -lt 900 ] || {
      answer="the simulated workers did not come up: $(tail -n 2 "$tmp/fleetsim.log" | tr '\n' ' ')"
      return 1
    }
    sleep 0.1
  done
}

# How many jobs a second come to a worker: of those that have waited, and of those that find one at once.
measure_dispatch() {
  say "dispatching, $dispatch_jobs jobs"
  start_queue dispatch && dispatch || missing[dispatch]=$answer
  end_queue
  [ -z "${fleetsim_pid-}" ] || kill "$fleetsim_pid" 2>/dev/null || true
}

dispatch() {
  local begin seconds last
  ask fill queue "$dispatch_jobs" "$queue_calls" /dev/null && ask start queue true || return 1
  last=$answer
  simulate "$queue_port" 20 5000 || return 1
  begin=$EPOCHREALTIME
  ask placed queue "$last" 250 || return 1
  seconds=$(calculate "$EPOCHREALTIME - $begin")
  row 'jobs that waited, given to workers that came' '1/s ↑' '' "$(calculate "$dispatch_jobs / $seconds")" '' '' \
    'scheduler >= 5000'
  ask fill queue "$dispatch_jobs" "$queue_calls" /dev/null || return 1
  row "StartJob of jobs that find a worker at once, $queue_calls calls at a time" '1/s ↑' '' "$answer" '' '' \
    'scheduler >= 5000'
}
