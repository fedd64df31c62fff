#include "sidecar/protocol/json_place.hpp"

namespace mlgateway::protocol {
namespace {

constexpr std::size_t kMostShown = 80;
constexpr std::size_t kLongestPlace = 400;

void append_key(std::string& out, std::string_view key) {
  for (const char c : key) {
    if (c == '~') {
      out += "~0";
    } else if (c == '/') {
      out += "~1";
    } else {
      out += c;
    }
  }
}

}  // namespace

std::string shown(std::string_view name) {
  if (name.size() <= kMostShown) return std::string(name);
  return std::string(name.substr(0, kMostShown)) + "...";
}

void JsonPlace::append_to(std::string& out) const {
  if (parent_ == nullptr) return;
  parent_->append_to(out);
  if (out.size() > kLongestPlace) return;
  out += '/';
  if (is_index_) {
    out += std::to_string(index_);
  } else {
    append_key(out, shown(key_));
  }
}

std::string JsonPlace::text() const {
  if (parent_ == nullptr) return "the body";
  std::string out;
  append_to(out);
  return out;
}

}  // namespace mlgateway::protocol
