#include "sidecar/net/frame_pool.hpp"

#include <array>
#include <new>

namespace mlgateway::net {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kPooled = false;
#else
constexpr bool kPooled = true;
#endif

constexpr std::size_t kStep = 64;
constexpr std::size_t kClasses = 64;  // up to 4 KiB; what is larger is rare and comes from the heap
// Per class. What a burst of connections needed beyond this goes back to the heap when it is over.
constexpr std::size_t kKept = 64;

struct Free {
  Free* next;
};

struct Shelf {
  Free* first = nullptr;
  std::size_t count = 0;
};

struct Shelves {
  std::array<Shelf, kClasses> by_class;
  ~Shelves() {
    for (Shelf& shelf : by_class) {
      while (shelf.first) {
        Free* const frame = shelf.first;
        shelf.first = frame->next;
        ::operator delete(frame);
      }
    }
  }
};

thread_local Shelves shelves;

std::size_t class_of(std::size_t size) { return (size - 1) / kStep; }

}  // namespace

void* allocate_frame(std::size_t size) {
  const std::size_t index = class_of(size);
  if (!kPooled || index >= kClasses) return ::operator new(size);
  Shelf& shelf = shelves.by_class[index];
  if (!shelf.first) return ::operator new((index + 1) * kStep);
  Free* const frame = shelf.first;
  shelf.first = frame->next;
  --shelf.count;
  return frame;
}

void release_frame(void* frame, std::size_t size) noexcept {
  const std::size_t index = class_of(size);
  if (!kPooled || index >= kClasses || shelves.by_class[index].count >= kKept) return ::operator delete(frame);
  Shelf& shelf = shelves.by_class[index];
  shelf.first = new (frame) Free{shelf.first};
  ++shelf.count;
}

}  // namespace mlgateway::net
