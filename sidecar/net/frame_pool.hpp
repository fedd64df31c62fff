// Memory for coroutine frames, kept by the thread that freed it.
//
// A request runs through some ten coroutines of the same few sizes. Taking a frame from a list is a tenth of what a
// general allocator asks for, and the frame is still in the cache. Under AddressSanitizer every frame comes from the
// heap, so that a use after its end is seen.
#pragma once

#include <cstddef>

namespace mlgateway::net {

void* allocate_frame(std::size_t size);
// By the thread that allocated it or any other; `size` as then.
void release_frame(void* frame, std::size_t size) noexcept;

}  // namespace mlgateway::net
