// The end of every exchange: counted and logged, whatever became of it.
#include "sidecar/gateway/gateway.hpp"
#include "sidecar/gateway/settle.hpp"

namespace mlgateway::gateway {
namespace {

// The trace-id of a traceparent of any version (W3C Trace Context 3.2.2), if it looks like one.
std::string_view trace_id(const http::Fields& fields) {
  const http::Field* const parent = fields.find(http::FieldId::Traceparent);
  if (!parent || parent->value.size() < 55 || parent->value[2] != '-' || parent->value[35] != '-') return {};
  return parent->value.substr(3, 32);
}

// Views into the exchange, for as long as it lives.
observe::AccessRecord record_of(const Exchange& exchange, std::chrono::nanoseconds duration) {
  http::Stream& stream = exchange.stream;
  const http::RequestHead& head = exchange.head();
  observe::AccessRecord record;
  const auto wall =
      exchange.started_wall == WallTime{} ? std::chrono::system_clock::now() : exchange.started_wall + duration;
  record.time = std::chrono::time_point_cast<WallTime::duration>(wall);
  record.request_id = exchange.request_id;
  record.client = exchange.client;
  if (exchange.secured()) record.tls = stream.socket().tls()->version();
  record.method = head.method;
  record.path = head.path;
  record.host = head.host;
  if (exchange.route) {
    record.route_namespace = exchange.config().namespace_name;
    record.route_name = exchange.config().name;
  }
  if (exchange.version) record.version = exchange.version->name;
  if (exchange.identified) {
    record.principal_method = exchange.principal.method;
    record.principal_issuer = exchange.principal.issuer;
    record.principal_name = exchange.principal.name;
    record.tenant = exchange.principal.tenant;
  }
  record.status = exchange.status;
  if (exchange.would_refuse) {
    record.would_refuse = exchange.would_refuse->reason;
    record.error = exchange.would_refuse->message;
  }
  if (exchange.error) {
    record.reason = exchange.error->reason;
    record.error = exchange.error->message;
  }
  record.request_bytes = stream.body_bytes();
  record.response_bytes = stream.answer_bytes();
  record.duration = duration;
  if (exchange.report.reached_model) {
    record.upstream_duration = exchange.report.with_model;
    record.upstream = exchange.route->place(*exchange.version).origin.authority();
  }
  record.trace_id = trace_id(head.fields);
  if (exchange.route && exchange.route->setup.tells_cost) record.cost = exchange.bill.charged;
  record.quota = exchange.bill.refused_by;
  if (exchange.recall.state) record.cache = observe::name(*exchange.recall.state);
  return record;
}

}  // namespace

void Gateway::finish(Exchange& exchange) {
  const http::Stream& stream = exchange.stream;
  const auto duration = std::chrono::steady_clock::now() - exchange.started;
  if (exchange.status == 0) exchange.status = exchange.report.status;
  metrics_.overhead.record(duration - exchange.report.with_model);
  settle(exchange.bill, is_paid({.status = exchange.status,
                                 .error = exchange.error ? std::optional(exchange.error->reason) : std::nullopt,
                                 .reached_model = exchange.report.reached_model}));

  if (exchange.version) {
    observe::VersionSeries& series = exchange.route->place(*exchange.version).series;
    series.in_flight.sub();
    series.record(exchange.status, duration, stream.body_bytes(), stream.answer_bytes());
    if (exchange.bill.charged) series.cost.add(static_cast<std::uint64_t>(*exchange.bill.charged));
    if (exchange.recall.state) exchange.route->series.cached(*exchange.recall.state);
  }
  if (exchange.would_refuse) exchange.route->series.would_refuse.add();
  if (exchange.error) {
    if (exchange.route) {
      exchange.route->series.refused(exchange.error->reason);
    } else {
      metrics_.refused(exchange.error->reason);
    }
  }

  access_log_.write(record_of(exchange, duration));
}

}  // namespace mlgateway::gateway
