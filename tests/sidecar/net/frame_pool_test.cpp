#include "sidecar/net/frame_pool.hpp"

#include <cstring>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace mlgateway::net {
namespace {

TEST(FramePool, GivesEveryFrameItsOwnMemory) {
  std::vector<void*> frames;
  for (std::size_t size = 1; size < 6000; size += 37) {
    frames.push_back(allocate_frame(size));
    std::memset(frames.back(), static_cast<int>(size), size);
  }
  std::size_t size = 1;
  for (void* frame : frames) {
    const auto* const bytes = static_cast<unsigned char*>(frame);
    EXPECT_EQ(bytes[0], static_cast<unsigned char>(size));
    EXPECT_EQ(bytes[size - 1], static_cast<unsigned char>(size));
    release_frame(frame, size);
    size += 37;
  }
}

TEST(FramePool, TakesBackMoreThanItKeeps) {
  std::vector<void*> frames;
  for (int i = 0; i < 1000; ++i) frames.push_back(allocate_frame(200));
  for (void* frame : frames) release_frame(frame, 200);
}

TEST(FramePool, TakesAFrameThatAnotherThreadAllocated) {
  void* frame = allocate_frame(200);
  std::thread([frame] { release_frame(frame, 200); }).join();
}

}  // namespace
}  // namespace mlgateway::net
