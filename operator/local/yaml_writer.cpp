#include "operator/local/yaml_writer.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "operator/local/yaml_scalar.hpp"

namespace mlgateway::local {
namespace {

using Json = nlohmann::ordered_json;

bool is_plain(const std::string& text) {
  const auto safe = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-' || c == '/' || c == '=' || c == ',';
  };
  if (text.empty() || !std::all_of(text.begin(), text.end(), safe)) return false;
  if (std::string_view("-=,").find(text.front()) != std::string_view::npos) return false;
  const auto resolved = resolve_plain_scalar(text);
  return resolved && resolved->is_string();
}

// A string in JSON's quotes is one in YAML too.
std::string scalar(const Json& value) {
  if (!value.is_string()) return value.dump();
  const auto& text = value.get_ref<const std::string&>();
  return is_plain(text) ? text : value.dump();
}

bool is_inline(const Json& value) { return !value.is_structured() || value.empty(); }

void write(const Json& value, std::size_t indent, std::string& out);

void write_entry(const Json& value, std::size_t indent, std::string& out) {
  if (is_inline(value)) {
    out += " " + scalar(value) + "\n";
    return;
  }
  out += "\n";
  write(value, value.is_array() ? indent : indent + 2, out);
}

// The item's first line stands behind its dash.
void write_item(const Json& value, std::size_t indent, std::string& out) {
  const std::size_t start = out.size();
  if (is_inline(value)) {
    out += std::string(indent, ' ') + "- " + scalar(value) + "\n";
    return;
  }
  write(value, indent + 2, out);
  out[start + indent] = '-';
}

void write(const Json& value, std::size_t indent, std::string& out) {
  if (is_inline(value)) {
    out += scalar(value) + "\n";
    return;
  }
  for (const auto& [name, entry] : value.items()) {
    if (value.is_array()) {
      write_item(entry, indent, out);
      continue;
    }
    out += std::string(indent, ' ') + scalar(name) + ":";
    write_entry(entry, indent, out);
  }
}

}  // namespace

std::string to_yaml(const Json& value) {
  std::string out;
  write(value, 0, out);
  return out;
}

}  // namespace mlgateway::local
