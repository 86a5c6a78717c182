package io.orrery.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** One call of the program within the test, with streams of its own. */
final class Invocation implements Interrupts {
  final ByteArrayOutputStream out = new ByteArrayOutputStream();
  final ByteArrayOutputStream err = new ByteArrayOutputStream();
  final List<Runnable> interrupts = new CopyOnWriteArrayList<>();
  final List<Runnable> suspends = new CopyOnWriteArrayList<>();
  final List<Runnable> resizes = new CopyOnWriteArrayList<>();
  final List<Integer> exits = new CopyOnWriteArrayList<>();
  private final Map<String, String> environment;
  private OutputStream stdout = out;
  private InputStream stdin = InputStream.nullInputStream();
  private int code = -1;

  Invocation(Map<String, String> environment) {
    this.environment = new HashMap<>(environment);
  }

  static Invocation of(FakeServer server, String... args) {
    return new Invocation(server.environment()).run(args);
  }

  Invocation stdin(byte[] bytes) {
    return stdin(new ByteArrayInputStream(bytes));
  }

  Invocation stdin(InputStream other) {
    stdin = other;
    return this;
  }

  Invocation stdout(OutputStream other) {
    stdout = other;
    return this;
  }

  Invocation with(String key, String value) {
    environment.put(key, value);
    return this;
  }

  Invocation run(String... args) {
    Console console = new Console(stdin, stdout, err);
    code = new Cli(new Session(console, environment, this)).run(args);
    return this;
  }

  int code() {
    return code;
  }

  String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void onInterrupt(Runnable action) {
    interrupts.add(action);
  }

  @Override
  public void onSuspend(Runnable action) {
    if (action != null) {
      suspends.add(action);
    }
  }

  @Override
  public void onResize(Runnable action) {
    resizes.add(action);
  }

  @Override
  public void exit(int code) {
    exits.add(code);
  }
}
