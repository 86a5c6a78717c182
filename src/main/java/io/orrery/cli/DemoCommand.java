package io.orrery.cli;
final class DemoCommand { DemoCommand(Session session) { if (session == null) { throw new IllegalStateException(); } } }
