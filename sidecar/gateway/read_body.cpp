#include "sidecar/gateway/read_body.hpp"

#include <algorithm>

#include "sidecar/gateway/wishes.hpp"

namespace mlgateway::gateway {
namespace {

std::string lower(std::string_view text) {
  std::string copy(text);
  std::transform(copy.begin(), copy.end(), copy.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return copy;
}

Status check_readable(const http::Fields& fields) {
  const http::Field* const coding = fields.find(http::FieldId::ContentEncoding);
  if (coding && !http::equals_ignoring_case(coding->value, "identity")) {
    return Error(Reason::BodyUnreadable, "content coding " + std::string(coding->value),
                 "this route reads the body, so it must come without Content-Encoding");
  }
  const http::Field* const type = fields.find(http::FieldId::ContentType);
  if (!type) return Done{};
  const std::string value = lower(type->value);
  const auto at = value.find("charset=");
  if (at == std::string::npos) return Done{};
  const std::string charset = value.substr(at + 8, value.find(';', at) - at - 8);
  if (charset == "utf-8" || charset == "\"utf-8\"" || charset == "us-ascii") return Done{};
  return Error(Reason::BodyUnreadable, "charset " + charset, "this route reads the body, so its charset must be utf-8");
}

// Before the body has named its route, the most patient and most generous candidate rules.
struct Terms {
  std::uint64_t max_bytes = 0;
  Instant deadline{};
};

Terms terms_of(const Exchange& exchange) {
  Terms terms;
  for (const std::uint32_t index : exchange.match.candidates) {
    const config::Route& route = exchange.placement->routes[index].route;
    const std::uint64_t most = std::min(route.body.max_read_bytes, route.body.max_bytes.value_or(UINT64_MAX));
    terms.max_bytes = std::max(terms.max_bytes, most);
    terms.deadline =
        std::max(terms.deadline, deadlines(exchange.started, route.timeouts, exchange.caller_deadline).request);
  }
  return terms;
}

}  // namespace

Error too_large(std::uint64_t limit) {
  const std::string words = "the body may have at most " + std::to_string(limit) + " bytes";
  return {Reason::BodyTooLarge, words, words};
}

net::Task<Status> read_body(Exchange& exchange) {
  const http::RequestHead& head = exchange.head();
  if (const Status readable = check_readable(head.fields); !readable) co_return readable;
  const Terms terms = terms_of(exchange);
  if (head.framing == http::Framing::Length && head.content_length > terms.max_bytes)
    co_return too_large(terms.max_bytes);
  exchange.stream.limit_body(terms.max_bytes);

  std::string& body = exchange.body.emplace();
  if (head.framing == http::Framing::Length) body.reserve(head.content_length);
  while (true) {
    const auto piece = co_await exchange.stream.read_body(terms.deadline);
    if (!piece) co_return piece.error();
    body.append(*piece);
    if (exchange.stream.body_finished()) co_return Done{};
  }
}

}  // namespace mlgateway::gateway
