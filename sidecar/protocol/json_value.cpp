#include "sidecar/protocol/json_value.hpp"

#include <charconv>

#include "sidecar/protocol/json_token.hpp"

namespace mlgateway::protocol {
namespace {

std::string_view text_of(const JsonOutline& outline, const JsonNode& node) {
  return outline.text().substr(node.begin, node.end - node.begin);
}

}  // namespace

JsonValue::JsonValue(const JsonOutline& outline, std::uint32_t node)
    : outline_(&outline),
      text_(text_of(outline, outline.nodes()[node])),
      node_(node),
      kind_(outline.nodes()[node].kind) {}

JsonValue::JsonValue(const JsonOutline& outline, std::string_view scalar)
    : outline_(&outline), text_(scalar), kind_(json_kind_of(scalar.front())) {}

bool JsonValue::is_integer() const { return is_number() && text_.find_first_of(".eE") == std::string_view::npos; }

std::optional<std::string_view> JsonValue::string(std::string& unescaped) const {
  if (!is_string()) return std::nullopt;
  const std::string_view inner = text_.substr(1, text_.size() - 2);
  if (inner.find('\\') == std::string_view::npos) return inner;
  unescaped.clear();
  append_unescaped(unescaped, inner);
  return unescaped;
}

std::optional<std::uint64_t> JsonValue::whole() const {
  if (!is_number()) return std::nullopt;
  if (text_ == "-0") return 0;
  std::uint64_t number = 0;
  const char* const end = text_.data() + text_.size();
  const auto [stop, failed] = std::from_chars(text_.data(), end, number);
  if (failed != std::errc() || stop != end) return std::nullopt;
  return number;
}

JsonMembers JsonValue::members() const {
  if (!is_object()) return {*outline_, 0, 0};
  return {*outline_, node_ + 1, end_node()};
}

JsonElements JsonValue::elements() const { return JsonElements(*this); }

std::optional<JsonValue> JsonValue::member(std::string_view name) const {
  for (const auto& [key, value] : members()) {
    if (key == name) return value;
  }
  return std::nullopt;
}

JsonMember JsonMembers::Iterator::operator*() const {
  return {outline_->name_of(outline_->nodes()[node_]), JsonValue(*outline_, node_)};
}

JsonElements::Iterator::Iterator(const JsonElements& elements)
    : value_(elements.array_),
      at_(value_.text().data() + 1),
      node_(value_.is_array() ? value_.first_node() + 1 : 0),
      end_node_(value_.is_array() ? value_.end_node() : 0),
      count_(value_.is_array() ? value_.items() : 0) {
  find();
}

JsonElements::Iterator& JsonElements::Iterator::operator++() {
  ++index_;
  find();
  return *this;
}

void JsonElements::Iterator::find() {
  if (index_ == count_) return;
  const JsonOutline& outline = value_.outline();
  if (node_ < end_node_ && outline.nodes()[node_].label == index_) {
    const JsonNode& node = outline.nodes()[node_];
    value_ = JsonValue(outline, node_);
    at_ = outline.text().data() + node.end;
    node_ = node.next;
    return;
  }
  const char* const end = outline.text().data() + outline.text().size();
  while (*at_ == ',' || is_json_space(*at_)) ++at_;
  const char* const begin = at_;
  at_ = step_over_scalar(at_, end);
  value_ = JsonValue(outline, std::string_view(begin, static_cast<std::size_t>(at_ - begin)));
}

}  // namespace mlgateway::protocol
