package io.orrery.rpc;

import io.orrery.security.Identity;

/**
 * What is known of a call before its message is read.
 *
 * @param peer whose certificate the connection has
 * @param caller on whose behalf the call is made: the client that a scheduler forwards for, else
 *     the peer
 * @param method the full name, {@code orrery.v1.Worker/StartJob}
 * @param deadline when the caller, or the server, gives up
 * @param remoteAddress {@code host:port} of the peer
 */
public record Call(
    Identity peer, Identity caller, String method, Deadline deadline, String remoteAddress) {}
