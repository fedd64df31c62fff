// A flat stretch of bytes that a connection reads into: what arrived is at the front, what is free behind it.
//
// It holds memory only while there are bytes in it or a read is about to happen, so an idle connection costs none.
// Views into it stay valid until room(), compact() or release().
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace mlgateway::http {

class Buffer {
 public:
  static constexpr std::size_t kSmall = 16u << 10;  // heads, and bodies of ordinary requests
  static constexpr std::size_t kLarge = 64u << 10;  // relaying a long body: fewer system calls

  std::string_view view() const { return {bytes_.get() + begin_, end_ - begin_}; }
  std::span<char> bytes() { return {bytes_.get() + begin_, end_ - begin_}; }
  bool empty() const { return begin_ == end_; }
  std::size_t free() const { return capacity_ - end_; }
  std::span<char> space() { return {bytes_.get() + end_, free()}; }
  void commit(std::size_t size) { end_ += size; }
  void consume(std::size_t size) { begin_ += size; }

  // Makes the whole stretch at least so long; what is in it keeps its order, not its place.
  void reserve(std::size_t capacity) {
    if (capacity <= capacity_) return;
    auto bytes = std::make_unique_for_overwrite<char[]>(capacity);
    const std::size_t size = end_ - begin_;
    if (size > 0) std::memcpy(bytes.get(), bytes_.get() + begin_, size);
    bytes_ = std::move(bytes);
    capacity_ = capacity;
    begin_ = 0;
    end_ = size;
  }
  void compact() {
    if (begin_ == 0) return;
    const std::size_t size = end_ - begin_;
    if (size > 0) std::memmove(bytes_.get(), bytes_.get() + begin_, size);
    begin_ = 0;
    end_ = size;
  }
  void append(std::string_view bytes) {
    if (bytes.empty()) return;
    if (free() < bytes.size()) reserve(end_ - begin_ + bytes.size());
    if (free() < bytes.size()) compact();
    std::memcpy(bytes_.get() + end_, bytes.data(), bytes.size());
    end_ += bytes.size();
  }
  void clear() { begin_ = end_ = 0; }
  void release() {
    bytes_.reset();
    capacity_ = begin_ = end_ = 0;
  }

 private:
  std::unique_ptr<char[]> bytes_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace mlgateway::http
