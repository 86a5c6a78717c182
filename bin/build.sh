# Sourced by bin/orrery in a source tree that has not been built: builds it, telling how far it is on stderr.

build() {
  [ -f "$root/pom.xml" ] || not_built
  if ! command -v mvn >/dev/null; then
    fail "not built yet, and building needs Maven: apt-get install maven (or https://maven.apache.org), then run this again"
  fi
  find_java
  # Maven runs on whatever Java is there, and finds the JDK 25 for the compiler by itself.
  if ! command -v java >/dev/null; then
    export JAVA_HOME="${JAVA_HOME:-${java%/bin/java}}"
  fi
  say "not built yet: building with Maven, which takes a minute or two, and longer when it must fetch its libraries"
  mkdir -p "$root/target"
  log=$root/target/build.log
  {
    mvn -B -f "$root/pom.xml" -DskipTests package </dev/null 2>&1 || true
  } | tee "$log" | show_steps
  if ! find_lib; then
    grep -F '[ERROR]' "$log" >&2 || tail -n 20 "$log" >&2
    fail "the build failed: its whole output is in $log"
  fi
  say "built"
}

# Reads Maven's output; prints one line a step and one every hundred downloads.
show_steps() {
  fetched=0
  while IFS= read -r line; do
    case $line in
      *Downloaded*)
        fetched=$((fetched + 1))
        [ $((fetched % 100)) -ne 0 ] || say "  $fetched files fetched"
        ;;
      *'--- '*' @ orrery ---'*)
        step=${line#*--- }
        say "  ${step%% @*}"
        ;;
    esac
  done
}
