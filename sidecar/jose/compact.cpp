#include "sidecar/jose/compact.hpp"

#include <algorithm>

#include "sidecar/jose/base64url.hpp"
#include "sidecar/jose/strict_json.hpp"

namespace mlgateway::jose {
namespace {

constexpr JsonBounds kHeaderBounds{.depth = 4, .members = 32};

Error malformed(std::string words) { return Error(Reason::TokenMalformed, std::move(words)); }

struct Parts {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
};

std::optional<Parts> split(std::string_view text) {
  const std::size_t first = text.find('.');
  if (first == std::string_view::npos) return std::nullopt;
  const std::size_t second = text.find('.', first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  return Parts{text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(second + 1)};
}

// A media type, compared without case and with or without its "application/" (RFC 7515 section 4.1.9).
bool is_type_of_token(std::string type) {
  std::transform(type.begin(), type.end(), type.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
  constexpr std::string_view kPrefix = "application/";
  const std::string_view name = type.starts_with(kPrefix) ? std::string_view(type).substr(kPrefix.size()) : type;
  return name == "jwt" || name == "at+jwt";
}

Status read_header(std::string_view text, SignedToken& token) {
  const auto decoded = decode_base64url(text);
  if (!decoded) return malformed("the header is not base64url");
  const auto header = read_object(*decoded, kHeaderBounds, Reason::TokenMalformed);
  if (!header) return malformed("the header " + header.error().message);
  if (header->contains("crit")) return malformed("the header has extensions that must be understood");
  if (header->contains("b64")) return malformed("the header has `b64`");
  if (header->contains("typ")) {
    const std::string* const type = text_member(*header, "typ");
    if (type == nullptr || !is_type_of_token(*type)) return malformed("`typ` is neither JWT nor at+jwt");
  }
  if (header->contains("kid")) {
    const std::string* const id = text_member(*header, "kid");
    if (id == nullptr) return malformed("`kid` is not a string");
    token.key_id = *id;
  }
  const std::string* const algorithm = text_member(*header, "alg");
  if (algorithm == nullptr) return malformed("the header has no `alg`");
  const auto known = algorithm_named(*algorithm);
  if (!known) return Error(Reason::TokenAlgorithmNotAllowed, "`alg` is none that is trusted");
  token.algorithm = *known;
  return Done{};
}

}  // namespace

bool has_compact_shape(std::string_view text) {
  const auto parts = split(text);
  return parts && !parts->header.empty() && !parts->payload.empty() && is_base64url(parts->header) &&
         is_base64url(parts->payload) && is_base64url(parts->signature);
}

Result<SignedToken> parse_compact(std::string_view text) {
  if (text.size() > kMostTokenBytes) return malformed("has more than " + std::to_string(kMostTokenBytes) + " bytes");
  const auto parts = split(text);
  if (!parts) return malformed("has not three parts");
  SignedToken token;
  if (const Status read = read_header(parts->header, token); !read) return read.error();
  auto payload = decode_base64url(parts->payload);
  auto signature = decode_base64url(parts->signature);
  if (!payload || !signature) return malformed("payload or signature is not base64url");
  token.signing_input = text.substr(0, parts->header.size() + 1 + parts->payload.size());
  token.payload = std::move(*payload);
  token.signature = std::move(*signature);
  return token;
}

}  // namespace mlgateway::jose
