#include "sidecar/limits/identity.hpp"

#include <charconv>

namespace mlgateway::limits {

void append_part(std::string& out, std::string_view part) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, part.size()).ptr;
  out.append(digits, end);
  out += ':';
  out += part;
}

bool take_part(std::string_view& text, std::string_view& part) {
  std::size_t size = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), size);
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (error != std::errc() || digits == text.size() || text[digits] != ':') return false;
  if (size > text.size() - digits - 1) return false;
  part = text.substr(digits + 1, size);
  text.remove_prefix(digits + 1 + size);
  return true;
}

std::string quota_identity(const config::Quota& quota) {
  std::string text;
  append_part(text, quota.namespace_name);
  append_part(text, quota.name);
  return text;
}

std::string limit_identity(const config::Quota& quota, const config::Tier& tier, const config::Limit& limit) {
  std::string text = quota_identity(quota);
  append_part(text, tier.name);
  append_part(text, limit.name);
  append_part(text, limit.unit == config::LimitUnit::Request ? "Request" : "Cost");
  append_part(text, limit.rate ? "rate" : "budget");
  return text;
}

}  // namespace mlgateway::limits
