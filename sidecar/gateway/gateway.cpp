#include "sidecar/gateway/gateway.hpp"

#include <algorithm>

#include "sidecar/auth/identity_fields.hpp"
#include "sidecar/gateway/answer.hpp"
#include "sidecar/gateway/read_body.hpp"
#include "sidecar/gateway/wishes.hpp"
#include "sidecar/http/relay_head.hpp"
#include "sidecar/protocol/error_shape.hpp"
#include "sidecar/protocol/list_models.hpp"
#include "sidecar/protocol/upstream_target.hpp"

namespace mlgateway::gateway {
namespace {

// What has a certificate is never told to somebody who asks in the clear.
bool may_serve(const Exchange& exchange, const config::Route& route) {
  return exchange.secured() || !route.certificate;
}

Error tls_required() { return Error(Reason::TlsRequired, "the request came in the clear"); }

}  // namespace

// The way of a request. The bytes were parsed strictly before it begins (http/strict); refusals come first, each on a
// line, and none of them has asked the caller for a byte of the body that an earlier line could have refused.
net::Task<void> Gateway::handle(Exchange& exchange) {
  if (const Status ok = read_wishes(exchange); !ok) co_return co_await refuse(exchange, ok.error());
  if (const Status ok = match_route(exchange); !ok) co_return co_await refuse(exchange, ok.error());
  // Nothing is read, chosen or asked for on behalf of someone unknown.
  Status known = identify(exchange);
  while (!known && exchange.inquiry.open) known = co_await introspect(exchange);
  if (!known) co_return co_await refuse(exchange, known.error());
  if (exchange.match.list_models) co_return co_await list_models(exchange);
  // Host and path have given candidates, and the caller satisfies one; only now may the body decide among them.
  if (const Status ok = co_await name_route(exchange); !ok) co_return co_await refuse(exchange, ok.error());
  if (const Status ok = authorize(exchange); !ok) co_return co_await refuse(exchange, ok.error());
  if (const Status ok = choose_version(exchange); !ok) co_return co_await refuse(exchange, ok.error());
  if (const Status ok = check_size(exchange); !ok) co_return co_await refuse(exchange, ok.error());
  // What the body asks of the model is counted, never believed: the price and the cache key depend on it.
  if (const Status ok = co_await weigh(exchange); !ok) co_return co_await refuse(exchange, ok.error());
  // Only a look: whether the answer is there decides what is reserved for it.
  if (const Status ok = recall(exchange); !ok) co_return co_await refuse(exchange, ok.error());
  if (const Status ok = admit(exchange); !ok) co_return co_await refuse(exchange, ok.error());
  if (const Status ok = co_await fulfil(exchange); !ok) co_return co_await refuse(exchange, ok.error());
  finish(exchange);
}

net::Task<void> Gateway::turn_away(Exchange& exchange, const Error& error) {
  exchange.request_id = random_.id();
  co_await refuse(exchange, error);
}

Status Gateway::read_wishes(Exchange& exchange) {
  const http::Field* const id = exchange.head().fields.find(http::FieldId::XRequestId);
  exchange.request_id = id && is_request_id(id->value) ? std::string(id->value) : random_.id();
  exchange.started_wall = std::chrono::system_clock::now();
  const auto deadline = caller_deadline(exchange.head().fields);
  if (!deadline) return deadline.error();
  exchange.caller_deadline = *deadline;
  return Done{};
}

Status Gateway::match_route(Exchange& exchange) const {
  if (!exchange.placement) return Error(Reason::NotConfigured, "no configuration has been loaded yet");
  const http::RequestHead& head = exchange.head();
  auto match = exchange.placement->world->router.match(head.host, head.method, head.path);
  if (!match) return match.error();
  exchange.match = *match;
  const auto is_open = [&](std::uint32_t i) { return may_serve(exchange, exchange.placement->routes[i].route); };
  if (std::none_of(match->candidates.begin(), match->candidates.end(), is_open)) return tls_required();
  const PlacedRoute& first = exchange.placement->routes[match->candidates.front()];
  exchange.shape = protocol::error_shape(first.route.protocol);
  if (match->candidates.size() == 1) exchange.route = &first;
  return Done{};
}

// The caller must satisfy one of the candidates; which one counts is decided by name_route where the body has a say, so
// there also what he may do is asked twice: no body is read for somebody whom none of them lets in.
Status Gateway::identify(Exchange& exchange) const {
  Error worst(Reason::CredentialMissing, "no candidate route");
  for (const std::uint32_t index : exchange.match.candidates) {
    const PlacedRoute& candidate = exchange.placement->routes[index];
    if (!may_serve(exchange, candidate.route)) continue;
    const auto principal = who_calls(exchange, candidate);
    if (!principal) {
      if (!exchange.identified) worst = principal.error();
      continue;
    }
    exchange.principal = *principal;
    exchange.identified = true;
    exchange.inquiry.open.reset();
    if (!exchange.match.model_in_body) exchange.route = &candidate;
    if (exchange.match.candidates.size() == 1 && !exchange.match.model_in_body) return Done{};
    const Status entered = may_enter(exchange, candidate.route, *principal);
    if (entered) return Done{};
    worst = entered.error();
  }
  // What one of them knows is shown to nobody else's provider.
  if (exchange.identified) exchange.inquiry.open.reset();
  return worst;
}

Result<auth::Principal> Gateway::who_calls(Exchange& exchange, const PlacedRoute& route) {
  return route.setup.authenticator.identify(exchange.head().fields.all(), exchange.started_wall, exchange.inquiry);
}

// Afterwards the exchange has its one route, and a principal of that route.
net::Task<Status> Gateway::name_route(Exchange& exchange) {
  if (!exchange.match.model_in_body) co_return Done{};
  const Status read = co_await read_body(exchange);
  if (!read) co_return read;
  const auto model = body_model_.model_of_body(*exchange.body);
  if (!model) co_return model.error();
  const auto index = exchange.placement->world->router.route_of_model(exchange.head().host, *model);
  if (!index) co_return index.error();
  exchange.route = &exchange.placement->routes[*index];
  if (!may_serve(exchange, exchange.config())) co_return tls_required();
  auto principal = who_calls(exchange, *exchange.route);
  if (!principal && exchange.inquiry.open) {
    if (const Status asked = co_await ask(exchange); !asked) co_return asked;
    principal = who_calls(exchange, *exchange.route);
  }
  // Whom another candidate knew is nobody here.
  exchange.identified = principal.ok();
  if (!principal) co_return principal.error();
  exchange.principal = *principal;
  co_return Done{};
}

// A relayed body is counted while it passes; one that says how long it is need not be begun.
Status Gateway::check_size(Exchange& exchange) const {
  const std::optional<std::uint64_t> most = exchange.config().body.max_bytes;
  if (exchange.body || !most) return Done{};
  if (exchange.head().framing == http::Framing::Length && exchange.head().content_length > *most)
    return too_large(*most);
  exchange.stream.limit_body(*most);
  return Done{};
}

// What any of the candidates takes for a credential: the caller may have meant it for one that the body did not name.
void Gateway::hide_credentials(Exchange& exchange) const {
  for (const std::uint32_t index : exchange.match.candidates) {
    const auth::Authenticator& authenticator = exchange.placement->routes[index].setup.authenticator;
    for (http::Field& field : exchange.stream.head().fields.all()) {
      if (authenticator.is_credential(field)) field.hop_by_hop = true;
    }
  }
}

// What the model is told of the caller; what he has written in these fields himself stays behind.
std::string Gateway::tell_identity(Exchange& exchange) {
  const auto& headers = exchange.config().identity_headers;
  std::string fields;
  if (headers.empty()) return fields;
  for (http::Field& field : exchange.stream.head().fields.all()) {
    if (auth::is_identity_field(headers, field.name)) field.hop_by_hop = true;
  }
  auth::append_identity_fields(fields, headers, exchange.principal);
  return fields;
}

net::Task<Status> Gateway::fulfil(Exchange& exchange) {
  if (exchange.recall.kept) co_return co_await serve_kept(exchange, exchange.recall.kept);
  if (exchange.recall.key) co_return co_await share(exchange);
  co_return co_await forward(exchange);
}

std::string Gateway::onward_head(Exchange& exchange, std::optional<std::string_view> body) const {
  const PlacedVersion& version = exchange.route->place(*exchange.version);
  const http::RequestHead& head = exchange.stream.head();
  hide_credentials(exchange);
  const std::string identity = tell_identity(exchange);
  const bool has_body = head.framing != http::Framing::None;
  const http::Framing framing = !has_body ? http::Framing::None : body ? http::Framing::Length : head.framing;
  std::string target;
  protocol::append_upstream_target(target, exchange.match, head.path, head.query, head.has_query);
  std::string text;
  text.reserve(head.size + 256);
  http::append_request_head(text, head,
                            {.target = target,
                             .host = version.origin.authority(),
                             .client = exchange.client,
                             .secured = exchange.secured(),
                             .request_id = exchange.request_id,
                             .framing = framing,
                             .content_length = body ? body->size() : head.content_length,
                             .fields = identity});
  return text;
}

net::Task<Status> Gateway::forward(Exchange& exchange) {
  std::optional<std::string_view> body = exchange.stream.arrived_body();
  if (exchange.body) body = *exchange.body;
  const std::string head = onward_head(exchange, body);
  const AnswerFields fields = answer_fields(exchange);
  const upstream::Errand errand = errand_of(exchange, head, body, fields);
  co_return co_await forwarder_.forward(exchange.stream, errand, exchange.report);
}

upstream::Errand Gateway::errand_of(const Exchange& exchange, std::string_view head,
                                    std::optional<std::string_view> body, const AnswerFields& fields) const {
  return {.origin = exchange.route->place(*exchange.version).origin,
          .head = head,
          .body = body,
          .answer_fields = fields.text,
          .failure_fields = fields.unpaid(),
          .tells_limits = !exchange.bill.limits_told.empty(),
          .withheld_trailers = exchange.placement->key_fields,
          .deadlines = deadlines(exchange.started, exchange.config().timeouts, exchange.caller_deadline)};
}

net::Task<void> Gateway::list_models(Exchange& exchange) {
  std::vector<std::string_view> models;
  const bool asks = exchange.route->setup.authenticator.was_introspected(exchange.principal);
  const protocol::Router& router = exchange.placement->world->router;
  for (const std::uint32_t index : exchange.match.candidates) {
    const PlacedRoute& candidate = exchange.placement->routes[index];
    const auto served = router.route_of_model(exchange.head().host, candidate.route.model);
    const bool hidden = !served || *served != index || !may_serve(exchange, candidate.route);
    auto principal = who_calls(exchange, candidate);
    if (exchange.inquiry.open && !hidden && asks) {
      if (const Status asked = co_await ask(exchange); !asked) co_return co_await refuse(exchange, asked.error());
      principal = who_calls(exchange, candidate);
    }
    exchange.inquiry.open.reset();
    if (!hidden && principal && may_enter(exchange, candidate.route, *principal))
      models.push_back(candidate.route.model);
  }
  const std::string text = protocol::list_models(models);
  exchange.route = nullptr;  // the answer is nobody's in particular
  exchange.status = 200;
  co_await answer(exchange, 200, "application/json", text, answer_fields(exchange).text);
  finish(exchange);
}

}  // namespace mlgateway::gateway
