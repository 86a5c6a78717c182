package io.orrery.cli;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What {@code run} and {@code start} are told about a job. */
final class JobFlags {
  /** The value of {@code -e KEY} without a value: our own variable's. */
  static final String INHERIT = "\0inherit";

  @Parameters(
      arity = "0..*",
      paramLabel = "COMMAND ARG",
      description = "the program and its arguments; no shell reads them")
  List<String> command = new ArrayList<>();

  @Option(
      names = {"-e", "--env"},
      paramLabel = "KEY=VALUE",
      mapFallbackValue = INHERIT,
      description = "a variable of the job's environment; KEY alone passes yours; may be repeated")
  Map<String, String> env = new LinkedHashMap<>();

  @Option(
      names = {"-C", "--directory"},
      paramLabel = "DIR",
      description = "the directory on the worker that the job starts in")
  String directory = "";

  @Option(
      names = {"-t", "--timeout"},
      paramLabel = "TIME",
      description = "stop the job after this time, like 30s or 2h; the exit code is 124 then")
  @Nullable Duration timeout;

  @Option(
      names = "--grace",
      paramLabel = "TIME",
      description = "from the first signal of a stop to KILL; 10s unless given")
  @Nullable Duration grace;

  @Option(
      names = "--path",
      paramLabel = "SCRIPT",
      description = "a script of the worker's scripts folder, the first argument of COMMAND")
  String path = "";

  @Option(
      names = "--script",
      paramLabel = "FILE",
      description =
          "send this script of yours and run it by the interpreter of its #! line, or by bash;"
              + " it is the job's standard input, and what else is given are its arguments")
  @Nullable Path script;

  @Option(
      names = "--stdin",
      paramLabel = "FILE|-",
      description = "the job's standard input, at most 1 MiB; - is yours")
  @Nullable String stdin;

  @Option(
      names = {"-i", "--interactive"},
      description = "give the job your standard input as it comes, to its end; see also attach")
  boolean interactive;

  @Option(
      names = {"-it", "-ti", "--tty"},
      description =
          "give the job a terminal, typed on from yours; Enter ~ . leaves it, the job goes on"
              + " (-t alone is --timeout)")
  boolean tty;

  @Option(
      names = "--label",
      paramLabel = "KEY=VALUE",
      description = "a label of the job, to find it by; may be repeated")
  Map<String, String> labels = new LinkedHashMap<>();

  @Option(names = "--merge-stderr", description = "the job's standard error goes to its stdout")
  boolean mergeStderr;

  @Option(
      names = "--run-as",
      paramLabel = "USER",
      description = "a user of the worker's host, by name or number; the worker must be root's")
  String runAs = "";

  @Mixin final LimitFlags limits = new LimitFlags();
  @Mixin final PlacementFlags placement = new PlacementFlags();

  @Option(
      names = "--json",
      description = "print JSON, one object a line, the job's bytes in base64; the same as -o json")
  boolean json;

  /** Whether the job reads what we read. */
  boolean isLive() {
    return interactive || tty;
  }

  /** Takes a command without any flag, with or without {@code --} before it. */
  boolean take(List<String> arguments) {
    boolean separated = !arguments.isEmpty() && arguments.getFirst().equals("--");
    List<String> words = separated ? arguments.subList(1, arguments.size()) : arguments;
    if (words.isEmpty() || (!separated && words.getFirst().startsWith("-"))) {
      return false;
    }
    command = words;
    return true;
  }
}
