package io.orrery.cli.grpc;

import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;

/**
 * A remote procedure: what it is called, and how its messages are read.
 *
 * @param path as in HTTP: {@code "/orrery.v1.Worker/QueryJob"}
 */
public record Rpc<Q extends MessageLite, R extends MessageLite>(
    String path, Parser<Q> question, Parser<R> answer) {}
