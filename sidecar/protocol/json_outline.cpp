#include "sidecar/protocol/json_outline.hpp"

#include <array>
#include <limits>

#include "sidecar/protocol/json_token.hpp"

namespace mlgateway::protocol {
namespace {

// Beyond it memory is given back after use. A node takes 32 bytes, and the densest text has one for each two.
constexpr std::size_t kKeptNodes = 8192;
constexpr std::size_t kKeptNames = 64u << 10;

bool opens(char byte) { return byte == '[' || byte == '{'; }

// Reads the text once. Where it stops, if not at the end, something is wrong.
class Outliner {
 public:
  Outliner(std::string_view text, std::vector<JsonNode>& nodes, std::string& names)
      : begin_(text.data()), at_(begin_), end_(begin_ + text.size()), nodes_(nodes), names_(names) {}

  bool read() {
    skip_space();
    if (!value({})) return false;
    while (depth_ > 0) {
      if (nodes_[top()].kind == JsonKind::Array ? !elements() : !members()) return false;
    }
    skip_space();
    return at_ == end_;
  }

  bool is_too_deep() const { return too_deep_; }
  std::size_t position() const { return static_cast<std::size_t>(at_ - begin_); }

 private:
  std::uint32_t offset_of(const char* at) const { return static_cast<std::uint32_t>(at - begin_); }
  std::uint32_t top() const { return open_[depth_ - 1]; }
  std::uint32_t size() const { return static_cast<std::uint32_t>(nodes_.size()); }
  void skip_space() { at_ = skip_json_space(at_, end_); }

  bool take(char token) {
    if (at_ == end_ || *at_ != token) return false;
    ++at_;
    return true;
  }

  bool scalar() {
    const char* const behind = skip_json_scalar(at_, end_);
    if (behind == nullptr) return false;
    at_ = behind;
    return true;
  }

  // A value that gets a node; `node` has its label. An object or array is entered.
  bool value(JsonNode node) {
    if (at_ == end_) return false;
    node.begin = offset_of(at_);
    node.kind = json_kind_of(*at_);
    if (opens(*at_)) return open(node);
    if (!scalar()) return false;
    node.end = offset_of(at_);
    node.next = size() + 1;
    node.leaves = 1;
    nodes_.push_back(node);
    return true;
  }

  // Leaves `at_` at the first element or member, or behind an empty one as close() does.
  bool open(const JsonNode& node) {
    if (depth_ == kMaxBodyDepth) {
      too_deep_ = true;
      return false;
    }
    open_[depth_++] = size();
    nodes_.push_back(node);
    ++at_;
    skip_space();
    return !take(closing()) || close();
  }

  char closing() const { return nodes_[top()].kind == JsonKind::Array ? ']' : '}'; }

  // `at_` is behind the end of what was opened last: on to the next element or member of what contains it, and of what
  // contains that if it ends here too.
  bool close() {
    while (true) {
      JsonNode& closed = nodes_[top()];
      closed.end = offset_of(at_);
      closed.next = size();
      if (--depth_ == 0) return true;
      nodes_[top()].leaves += closed.leaves;
      skip_space();
      if (take(',')) {
        skip_space();
        return true;
      }
      if (!take(closing())) return false;
    }
  }

  // From an element on, until the array ends or another opens in it.
  bool elements() {
    const std::uint32_t array = top();
    std::uint32_t count = 0;
    while (!short_numbers(count)) {
      if (at_ != end_ && opens(*at_)) return element_opens(array, count);
      if (!scalar()) return false;
      ++count;
      skip_space();
      if (!take(',')) break;
      skip_space();
    }
    add_leaves(array, count);
    return take(']') && close();
  }

  // Counts short numbers from an element on: to the end of the array, which is true, or to an element that is none.
  // Most of the time that a tensor takes goes here.
  bool short_numbers(std::uint32_t& count) {
    const char* at = at_;
    const char* behind = nullptr;
    while (end_ - at > 8 && (behind = skip_short_number(at)) != nullptr) {
      ++count;
      if (*behind == ']') {
        at_ = behind;
        return true;
      }
      at = behind + 1;
      if (*at == ' ') at = skip_json_space(at + 1, end_);
    }
    at_ = at;
    skip_space();
    return false;
  }

  bool element_opens(std::uint32_t array, std::uint32_t before) {
    add_leaves(array, before);
    JsonNode node;
    node.begin = offset_of(at_);
    node.kind = json_kind_of(*at_);
    node.label = nodes_[array].items++;
    return open(node);
  }

  void add_leaves(std::uint32_t array, std::uint32_t count) {
    nodes_[array].items += count;
    nodes_[array].leaves += count;
  }

  // From a member's name on, until the object ends or another value opens in it.
  bool members() {
    const std::uint32_t object = top();
    while (true) {
      JsonNode node;
      if (!name(node)) return false;
      ++nodes_[object].items;
      const bool enters = at_ != end_ && opens(*at_);
      if (!value(node)) return false;
      if (enters) return true;
      ++nodes_[object].leaves;
      skip_space();
      if (!take(',')) break;
      skip_space();
    }
    return take('}') && close();
  }

  // And the colon behind it.
  bool name(JsonNode& member) {
    bool escapes = false;
    const char* const behind = skip_json_string(at_, end_, escapes);
    if (behind == nullptr) return false;
    const std::string_view inner(at_ + 1, static_cast<std::size_t>(behind - at_ - 2));
    at_ = behind;
    member.label = offset_of(inner.data());
    member.label_size = static_cast<std::uint32_t>(inner.size());
    if (escapes) {
      member.unescaped = true;
      member.label = static_cast<std::uint32_t>(names_.size());
      append_unescaped(names_, inner);
      member.label_size = static_cast<std::uint32_t>(names_.size()) - member.label;
    }
    skip_space();
    if (!take(':')) return false;
    skip_space();
    return true;
  }

  const char* begin_;
  const char* at_;
  const char* end_;
  std::vector<JsonNode>& nodes_;
  std::string& names_;
  std::array<std::uint32_t, kMaxBodyDepth> open_;
  std::size_t depth_ = 0;
  bool too_deep_ = false;
};

}  // namespace

JsonKind json_kind_of(char first) {
  switch (first) {
    case '{': return JsonKind::Object;
    case '[': return JsonKind::Array;
    case '"': return JsonKind::String;
    case 't':
    case 'f': return JsonKind::Bool;
    case 'n': return JsonKind::Null;
    default: return JsonKind::Number;
  }
}

Status JsonOutline::read(std::string_view text) {
  text_ = text;
  nodes_.clear();
  names_.clear();
  Outliner outliner(text, nodes_, names_);
  if (text.size() <= std::numeric_limits<std::uint32_t>::max() && outliner.read()) return Done{};
  if (!outliner.is_too_deep()) {
    return Error(Reason::BodyInvalid, "body: no JSON at byte " + std::to_string(outliner.position()),
                 "the body is not valid JSON");
  }
  return Error(Reason::BodyInvalid, "body: too deep at byte " + std::to_string(outliner.position()),
               "the body has more than " + std::to_string(kMaxBodyDepth) + " objects and arrays in one another");
}

void JsonOutline::rest() {
  text_ = {};
  if (nodes_.capacity() > kKeptNodes) nodes_ = {};
  if (names_.capacity() > kKeptNames) names_ = {};
}

}  // namespace mlgateway::protocol
