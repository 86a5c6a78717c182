# Sourced by bench/run: a scheduler of its own with very many workers that have nothing to do but to say that they are there.

measure_fleet() {
  local before after wall status
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
  # shellcheck disable=SC2086,SC2154 # options are words; from jdk.sh
  "$java" $common_options -Xmx8g -Dorrery.log=WARN -cp "$tmp/classes:$lib/orrery.jar" \
    io.orrery.bench.FleetSim "$tmp/certs" "$port" "$fleet_workers" 10000 >"$tmp/fleetsim.out" 2>"$tmp/fleetsim.log" </dev/null &
  fleetsim_pid=$!
  own_pids+=("$fleetsim_pid")
  status=$SECONDS
  until grep -q '^ready' "$tmp/fleetsim.out"; do
    kill -0 "$fleetsim_pid" 2>/dev/null && [ $((SECONDS - status)) -lt 900 ] || {
      missing[fleet]="the simulated workers did not come up: $(tail -n 2 "$tmp/fleetsim.log" | tr '\n' ' ')"
      return 0
    }
    sleep 1
  done
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
