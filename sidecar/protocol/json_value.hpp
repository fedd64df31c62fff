// A value of an outlined JSON text, seen without converting it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sidecar/protocol/json_outline.hpp"

namespace mlgateway::protocol {

class JsonMembers;
class JsonElements;

// A view that is passed by value; good as long as what the outline has read.
class JsonValue {
 public:
  // A value that has a node; the whole text by default.
  explicit JsonValue(const JsonOutline& outline, std::uint32_t node = 0);
  // An element that has none.
  JsonValue(const JsonOutline& outline, std::string_view scalar);

  JsonKind kind() const { return kind_; }
  bool is_object() const { return kind_ == JsonKind::Object; }
  bool is_array() const { return kind_ == JsonKind::Array; }
  bool is_leaf() const { return !is_object() && !is_array(); }
  bool is_string() const { return kind_ == JsonKind::String; }
  bool is_number() const { return kind_ == JsonKind::Number; }
  bool is_null() const { return kind_ == JsonKind::Null; }
  // A number without point and exponent.
  bool is_integer() const;
  // Holds neither objects nor arrays.
  bool is_flat() const { return is_leaf() || node().next == node_ + 1; }

  // As it was sent.
  std::string_view text() const { return text_; }
  // Members or elements; 0 for a leaf.
  std::uint64_t items() const { return is_leaf() ? 0 : node().items; }
  // Strings, numbers, true, false and null below it, itself included when it is one.
  std::uint64_t leaves() const { return is_leaf() ? 1 : node().leaves; }

  // What a string means: a part of the text, or of `unescaped` where it has escapes. Nothing for other kinds.
  std::optional<std::string_view> string(std::string& unescaped) const;
  // An integer from 0; "-0" is one, "1.0" and "1e2" are not.
  std::optional<std::uint64_t> whole() const;

  // None of what is no object, or no array.
  JsonMembers members() const;
  JsonElements elements() const;
  std::optional<JsonValue> member(std::string_view name) const;

  const JsonOutline& outline() const { return *outline_; }
  // Of an object or array: its own and those of what is in it are [first, second).
  std::uint32_t first_node() const { return node_; }
  std::uint32_t end_node() const { return node().next; }

 private:
  const JsonNode& node() const { return outline_->nodes()[node_]; }

  const JsonOutline* outline_;
  std::string_view text_;
  std::uint32_t node_ = 0;
  JsonKind kind_;
};

struct JsonMember {
  std::string_view key;  // without escapes
  JsonValue value;
};

// To be gone through by a range-for, as JsonElements.
class JsonMembers {
 public:
  class Iterator {
   public:
    Iterator(const JsonOutline& outline, std::uint32_t node) : outline_(&outline), node_(node) {}
    JsonMember operator*() const;
    Iterator& operator++() {
      node_ = outline_->nodes()[node_].next;
      return *this;
    }
    bool operator==(const Iterator& other) const { return node_ == other.node_; }

   private:
    const JsonOutline* outline_;
    std::uint32_t node_;
  };

  JsonMembers(const JsonOutline& outline, std::uint32_t first, std::uint32_t end)
      : outline_(&outline), first_(first), end_(end) {}
  Iterator begin() const { return {*outline_, first_}; }
  Iterator end() const { return {*outline_, end_}; }

 private:
  const JsonOutline* outline_;
  std::uint32_t first_;
  std::uint32_t end_;
};

// Objects and arrays are found by their nodes, elements between them by stepping over their text.
class JsonElements {
 public:
  struct End {};
  class Iterator {
   public:
    explicit Iterator(const JsonElements& elements);
    JsonValue operator*() const { return value_; }
    Iterator& operator++();
    bool operator==(End) const { return index_ == count_; }

   private:
    void find();

    JsonValue value_;
    const char* at_;      // behind the last element, or at the first
    std::uint32_t node_;  // of the next object or array
    std::uint32_t end_node_;
    std::uint64_t index_ = 0;
    std::uint64_t count_;
  };

  explicit JsonElements(const JsonValue& array) : array_(array) {}
  Iterator begin() const { return Iterator(*this); }
  End end() const { return {}; }

 private:
  JsonValue array_;
};

}  // namespace mlgateway::protocol
