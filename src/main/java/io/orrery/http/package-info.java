/**
 * The API as HTTP and JSON, for curl and browsers: routes, JSON, a job's output as bytes, JSON
 * lines or server-sent events, errors, and the OpenAPI document, all after the descriptors.
 *
 * <p>May know {@code rpc} and {@code job}: the scheduler starts it and hands its calls in.
 */
@NullMarked
package io.orrery.http;

import org.jspecify.annotations.NullMarked;
