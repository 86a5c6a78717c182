package io.orrery.cli;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * The signals of this process, through {@code sun.misc.Signal} of the module jdk.unsupported: the
 * JDK has no supported way. By reflection, since naming it is a warning that no compiler option
 * turns off. Where it is missing, the signals keep their usual meaning.
 */
final class ProcessInterrupts implements Interrupts {

  @Override
  public void onInterrupt(Runnable action) {
    handle("INT", action);
  }

  /** Calls this, on a thread of its own, for each SIGTERM from now on. */
  void onTerminate(Runnable action) {
    handle("TERM", action);
  }

  @Override
  public void onSuspend(@Nullable Runnable action) {
    handle("TSTP", action);
  }

  @Override
  public void onResize(Runnable action) {
    handle("WINCH", action);
  }

  @Override
  public void exit(int code) {
    System.exit(code);
  }

  private static void handle(String name, @Nullable Runnable action) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Field usual = handler.getField("SIG_DFL");
      Method handle = signal.getMethod("handle", signal, handler);
      Object number = signal.getConstructor(String.class).newInstance(name);
      handle.invoke(null, number, action == null ? usual.get(null) : proxy(handler, action));
    } catch (ReflectiveOperationException _) {
      // The signal then does what it always does: it ends or suspends us.
    }
  }

  private static Object proxy(Class<?> handler, Runnable action) {
    return Proxy.newProxyInstance(
        ProcessInterrupts.class.getClassLoader(),
        new Class<?>[] {handler},
        (proxy, method, arguments) ->
            switch (method.getName()) {
              case "handle" -> {
                action.run();
                yield null;
              }
              case "hashCode" -> System.identityHashCode(proxy);
              case "equals" -> proxy == arguments[0];
              default -> name();
            });
  }

  private static String name() {
    return "orrery's signal handler";
  }
}
