package io.orrery.rpc;

import io.orrery.security.Identity;
import io.vertx.core.Future;

/**
 * What is known of a call before its message is read.
 *
 * @param peer whose certificate the connection has
 * @param caller on whose behalf the call is made: the client that a scheduler forwards for, else
 *     the peer
 * @param method the full name, {@code orrery.v1.Worker/StartJob}
 * @param life how long its answer is of use
 * @param remoteAddress {@code host:port} of the peer
 */
public record Call(Identity peer, Identity caller, String method, Life life, String remoteAddress) {

  /**
   * How long the answer to a call is of use.
   *
   * @param deadline when the caller, or the server, gives up
   * @param over completes when the call is over, whatever ended it: the answer, the deadline, a
   *     caller who went away
   */
  public record Life(Deadline deadline, Future<Void> over) {}

  /** When the caller, or the server, gives up. */
  public Deadline deadline() {
    return life.deadline();
  }

  /**
   * The options of a call that is made to answer this one: in the caller's name, a little before
   * its deadline, so that there is time to say so, and no longer than it is wanted.
   */
  public CallOptions forwarded() {
    return CallOptions.within(deadline().remainingForAnother())
        .onBehalfOf(caller)
        .until(life.over());
  }
}
