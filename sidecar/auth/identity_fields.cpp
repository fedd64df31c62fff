#include "sidecar/auth/identity_fields.hpp"

#include <algorithm>

#include "sidecar/http/field_id.hpp"

namespace mlgateway::auth {
namespace {

void append_encoded(std::string& out, std::string_view value) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char c : value) {
    if (c > ' ' && c <= '~' && c != '%') {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kDigits[byte >> 4], kDigits[byte & 15]};
  }
}

std::string_view value_of(const Principal& principal, config::IdentityPart part) {
  switch (part) {
    case config::IdentityPart::Principal: return principal.name;
    case config::IdentityPart::Tenant: return principal.tenant;
    case config::IdentityPart::Issuer: return principal.issuer;
    case config::IdentityPart::Method: return principal.method;
  }
  return {};
}

}  // namespace

bool is_identity_field(const std::vector<config::IdentityHeader>& headers, std::string_view name) {
  return std::any_of(headers.begin(), headers.end(),
                     [&](const config::IdentityHeader& header) { return http::reads_alike(name, header.name); });
}

void append_identity_fields(std::string& out, const std::vector<config::IdentityHeader>& headers,
                            const Principal& principal) {
  for (const config::IdentityHeader& header : headers) {
    const std::string_view value = value_of(principal, header.value);
    if (value.empty()) continue;
    out.append(header.name).append(": ");
    append_encoded(out, value);
    out.append("\r\n");
  }
}

}  // namespace mlgateway::auth
