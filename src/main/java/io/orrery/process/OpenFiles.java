package io.orrery.process;

import io.orrery.posix.Descriptors;
import io.orrery.posix.PosixException;
import java.util.ArrayList;
import java.util.List;

/** Descriptors that are closed together. */
final class OpenFiles implements AutoCloseable {
  private final List<Integer> descriptors = new ArrayList<>();

  int open(String path, int flags, int mode) throws PosixException {
    int descriptor = Descriptors.open(path, flags, mode);
    descriptors.add(descriptor);
    return descriptor;
  }

  /** By a path that stays in {@code directory}; EXDEV if it does not. */
  int openBeneath(int directory, String path) throws PosixException {
    int resolve = Descriptors.RESOLVE_BENEATH | Descriptors.RESOLVE_NO_MAGICLINKS;
    int descriptor = Descriptors.openat2(directory, path, Descriptors.O_PATH, resolve);
    descriptors.add(descriptor);
    return descriptor;
  }

  @Override
  public void close() throws PosixException {
    for (int descriptor : descriptors) {
      Descriptors.close(descriptor);
    }
  }
}
