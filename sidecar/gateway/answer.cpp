#include "sidecar/gateway/answer.hpp"

#include "sidecar/base/decimal.hpp"
#include "sidecar/gateway/cache_status.hpp"
#include "sidecar/gateway/gateway.hpp"
#include "sidecar/http/relay_head.hpp"
#include "sidecar/limits/rate_limit_fields.hpp"

namespace mlgateway::gateway {
namespace {

bool tells_cost(const Exchange& exchange) {
  return exchange.bill.charged && exchange.route->setup.tells_cost && exchange.config().enrichment.headers;
}

void append_cost(std::string& fields, const Exchange& exchange) {
  fields.append("x-mlgateway-cost: ").append(decimal_text(*exchange.bill.charged)).append("\r\n");
  fields.append("x-mlgateway-cost-unit: ").append(exchange.config().cost.unit).append("\r\n");
}

// What a refusal says beside its body.
std::string refusal_fields(const Exchange& exchange, const Error& error, int status) {
  std::string fields = answer_fields(exchange).text;
  fields.append("x-mlgateway-reason: ").append(name(error.reason)).append("\r\n");
  if (status == 401) {
    // RFC 6750 section 3: no error code for a caller who presented nothing.
    const bool presented = error.reason != Reason::CredentialMissing;
    fields.append("www-authenticate: Bearer realm=\"mlgateway\"")
        .append(presented ? ", error=\"invalid_token\"\r\n" : "\r\n");
  }
  if (error.reason == Reason::CredentialAmbiguous) {
    fields.append("www-authenticate: Bearer realm=\"mlgateway\", error=\"invalid_request\"\r\n");
  }
  // RFC 9110 15.5.22.
  if (error.reason == Reason::TlsRequired) fields.append("upgrade: TLS/1.2\r\nconnection: upgrade\r\n");
  if (error.reason == Reason::MethodNotAllowed) {
    const protocol::Router& router = exchange.placement->world->router;
    fields.append("allow: ").append(router.allowed_methods(exchange.head().host, exchange.head().path)).append("\r\n");
  }
  if (exchange.bill.refusal) {
    limits::append_retry_after(fields, *exchange.bill.refusal);
  } else if (status == 503 || error.reason == Reason::TooManyFailures) {
    fields.append("retry-after: 1\r\n");
  }
  // OpenAI's clients try a 429 again unless they are told that a window has to pass first.
  const bool spent = error.reason == Reason::BudgetSpent || error.reason == Reason::CostTooHigh;
  if (spent && exchange.shape == http::ErrorShape::OpenAI) fields.append("x-should-retry: false\r\n");
  return fields;
}

bool can_be_told(const Exchange& exchange, Reason reason) {
  return !exchange.stream.answer_begun() && reason != Reason::ClientClosed && reason != Reason::ClientTooSlow;
}

// A key that nobody knows yet was not verified with: every good token of an issuer that has just changed keys is such.
bool is_guess(Reason reason) {
  return http::status_of(reason) == 401 && reason != Reason::CredentialMissing && reason != Reason::TokenKeyUnknown;
}

}  // namespace

AnswerFields answer_fields(const Exchange& exchange) {
  AnswerFields made;
  std::string& fields = made.text;
  fields.reserve(512);
  fields.append("x-request-id: ").append(exchange.request_id).append("\r\n");
  if (exchange.version && exchange.config().enrichment.headers) {
    fields.append("x-mlgateway-version: ").append(exchange.version->name).append("\r\n");
  }
  fields.append(exchange.bill.limits_told);
  if (exchange.recall.state && !exchange.error) append_cache_status(fields, exchange.recall, exchange.loop().now());
  made.priced_from = fields.size();
  if (tells_cost(exchange) && !exchange.error) append_cost(fields, exchange);
  return made;
}

net::Task<void> answer(Exchange& exchange, int status, std::string_view content_type, std::string_view body,
                       std::string_view fields) {
  http::Stream& stream = exchange.stream;
  // A body that is all here is simply skipped; one that still has to come would be waited for, on behalf of nothing.
  if (!stream.body_finished() && !stream.arrived_body()) stream.end_after_this();
  const bool head_only = stream.head().method == "HEAD";
  std::string head;
  http::append_own_head(head, {.status = status,
                               .content_type = content_type,
                               .content_length = body.size(),
                               .fields = fields,
                               .date = stream.socket().loop().date(),
                               .keep_alive = stream.decide_keep_alive(),
                               .caller_minor_version = stream.head().minor_version});
  stream.begin_answer(std::move(head), head_only ? http::Framing::None : http::Framing::Length);
  const std::string_view sent = head_only ? std::string_view{} : body;
  const Status written = co_await stream.write_answer(sent, true);
  if (!written) stream.abort();
}

net::Task<void> Gateway::refuse(Exchange& exchange, const Error& error) {
  exchange.error = error;
  exchange.status = http::status_of(error.reason);
  if (is_guess(error.reason)) {
    commons_.tokens().failures.count(exchange.client, exchange.started_wall);
  }
  if (can_be_told(exchange, error.reason)) {
    const http::Problem problem = http::describe(error, exchange.shape, exchange.request_id, exchange.bill.violated);
    const std::string fields = refusal_fields(exchange, error, problem.status);
    co_await answer(exchange, problem.status, problem.content_type, problem.body, fields);
  } else {
    // The status of an answer that was cut is the one the caller saw.
    if (exchange.stream.answer_begun() && exchange.report.status > 0) exchange.status = exchange.report.status;
    exchange.stream.abort();
  }
  finish(exchange);
}

}  // namespace mlgateway::gateway
