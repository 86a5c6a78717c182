package io.orrery.posix;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds functions of the C library and runs calls of them, each with its own arena and errno. */
final class Native {
  private static final Linker LINKER = Linker.nativeLinker();
  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO = STATE.varHandle(PathElement.groupElement("errno"));

  /** Whether constants and layouts are those of arm64, where they differ from x86-64's. */
  static final boolean ARM64 = System.getProperty("os.arch", "").equals("aarch64");

  private Native() {}

  /** A function that reports its error in errno: the handle's first argument is the segment. */
  static MethodHandle function(String name, FunctionDescriptor shape) {
    return handle(name, shape, Linker.Option.captureCallState("errno"));
  }

  /** The same for a variadic function, whose arguments from {@code first} on are variadic. */
  static MethodHandle variadic(String name, int first, FunctionDescriptor shape) {
    return handle(
        name,
        shape,
        Linker.Option.captureCallState("errno"),
        Linker.Option.firstVariadicArg(first));
  }

  /** A function that returns its error number, as posix_spawn and its relatives do. */
  static MethodHandle plain(String name, FunctionDescriptor shape) {
    return handle(name, shape);
  }

  @SuppressWarnings("restricted") // this class is where native access is meant to happen
  private static MethodHandle handle(
      String name, FunctionDescriptor shape, Linker.Option... options) {
    Optional<MemorySegment> symbol = LINKER.defaultLookup().find(name);
    if (symbol.isPresent()) {
      return LINKER.downcallHandle(symbol.get(), shape, options);
    }
    List<Class<?>> parameters = new ArrayList<>(shape.toMethodType().parameterList());
    if (options.length > 0) {
      parameters.addFirst(MemorySegment.class);
    }
    var missing =
        new UnsupportedOperationException(
            name + " is not in this C library; glibc 2.34 or newer has it");
    Class<?> result = shape.toMethodType().returnType();
    MethodHandle fail =
        MethodHandles.throwException(result, UnsupportedOperationException.class).bindTo(missing);
    return MethodHandles.dropArguments(fail, 0, parameters);
  }

  static <T> T call(String name, Body<T> body) throws PosixException {
    return call(name, "", body);
  }

  /** Runs one call; {@code subject} is what it is about (a path, a pid), for the message. */
  static <T> T call(String name, String subject, Body<T> body) throws PosixException {
    try (Arena arena = Arena.ofConfined()) {
      return body.run(new Call(name, subject, arena, arena.allocate(STATE)));
    } catch (PosixException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(name, e);
    }
  }

  @FunctionalInterface
  interface Body<T> {
    T run(Call call) throws Throwable;
  }

  /** One call in progress: its memory, and its errno. */
  record Call(String name, String subject, Arena arena, MemorySegment state) {
    int check(int result) throws PosixException {
      if (result == -1) {
        throw new PosixException(name, errno(), subject);
      }
      return result;
    }

    long check(long result) throws PosixException {
      return result == -1 ? check(-1) : result;
    }

    /** Meaningful only after the function returned its error value. */
    int errno() {
      return (int) ERRNO.get(state, 0L);
    }

    MemorySegment string(String text) {
      return CString.allocate(arena, text);
    }
  }
}
