package io.orrery.cli;

import io.orrery.cli.grpc.StatusException;
import io.orrery.v1.StreamJobRequest;
import io.orrery.v1.StreamJobResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Where a follower gets a job's output from, one call after another. */
interface OutputSource {
  Servers servers();

  /** The command that goes on where this one stopped, but for the offsets and the job. */
  String command();

  /** Starts a call. */
  Reading open(StreamJobRequest request) throws IOException, InterruptedException;

  /** A call under way. */
  interface Reading {
    /** Waits for the next message; null is the end in order. */
    @Nullable StreamJobResponse next() throws IOException, StatusException, InterruptedException;

    /** Ends the call. */
    void cancel();
  }
}
