package io.orrery.output;

import io.orrery.job.Job.StreamBytes;
import io.orrery.job.JobId;
import io.orrery.job.StandardStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A job that prints what a test tells it to, and the worker that watches it. */
final class PrintingJob implements AutoCloseable {
  final JobId id = JobId.random();
  final Path directory;
  private final OutputTails tails;
  private FileChannel out;
  private FileChannel err;

  PrintingJob(OutputTails tails, Path jobs) throws IOException {
    this.tails = tails;
    this.directory = Files.createDirectory(jobs.resolve(id.value()));
  }

  PrintingJob start() throws IOException, TimeoutException {
    return start(StreamLimit.NONE);
  }

  PrintingJob start(StreamLimit limit) throws IOException, TimeoutException {
    tails.watch(id, directory, limit).await(10, TimeUnit.SECONDS);
    out = open(StandardStream.STDOUT);
    err = open(StandardStream.STDERR);
    return this;
  }

  void print(String text) throws IOException {
    print(text.getBytes(StandardCharsets.UTF_8));
  }

  void print(byte[] bytes) throws IOException {
    write(out, bytes);
  }

  void warn(String text) throws IOException {
    write(err, text.getBytes(StandardCharsets.UTF_8));
  }

  StreamBytes finish() throws TimeoutException {
    return tails.finish(id, directory).await(30, TimeUnit.SECONDS);
  }

  Reader follow(FollowRequest request) {
    Reader reader = new Reader();
    follow(request, reader);
    return reader;
  }

  Follower follow(FollowRequest request, Reader reader) {
    return tails.follow(id, directory, request, reader);
  }

  Reader follow() {
    return follow(FollowRequest.ALL);
  }

  @Override
  public void close() throws IOException, TimeoutException {
    finish();
    if (out != null) {
      out.close();
      err.close();
    }
  }

  private FileChannel open(StandardStream stream) throws IOException {
    return FileChannel.open(
        directory.resolve(stream.fileName()), StandardOpenOption.WRITE, StandardOpenOption.APPEND);
  }

  private static void write(FileChannel channel, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
  }
}
