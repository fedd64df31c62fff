// Where in a body something stands, told as a JSON Pointer (RFC 6901) when there is something to complain of.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mlgateway::protocol {

// A chain on the stack: nothing is put together unless there is a fault. A place points to the one it was made from,
// which must outlive it.
class JsonPlace {
 public:
  JsonPlace() = default;  // the whole body
  JsonPlace operator/(std::string_view key) const { return {this, key, 0, false}; }
  JsonPlace operator[](std::size_t index) const { return {this, {}, index, true}; }

  // "/inputs/0/data"; "the body" for the whole. Cut to a length that a caller can read.
  std::string text() const;

 private:
  JsonPlace(const JsonPlace* parent, std::string_view key, std::size_t index, bool is_index)
      : parent_(parent), key_(key), index_(index), is_index_(is_index) {}
  void append_to(std::string& out) const;

  const JsonPlace* parent_ = nullptr;
  std::string_view key_;
  std::size_t index_ = 0;
  bool is_index_ = false;
};

// Names that callers have chosen, short enough to be shown to them.
std::string shown(std::string_view name);

}  // namespace mlgateway::protocol
