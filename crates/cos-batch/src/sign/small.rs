//! Lists that are short nearly always

/// A list whose first `N` items need no allocation
#[derive(Clone)]
pub(super) struct Small<T, const N: usize> {
    few: [T; N],
    length: usize,
    /// All items, where they are more than `N`.
    many: Vec<T>,
}

impl<T: Copy + Default, const N: usize> Small<T, N> {
    pub(super) fn new() -> Self {
        Self { few: [T::default(); N], length: 0, many: Vec::new() }
    }

    #[inline(always)]
    pub(super) fn push(&mut self, items: &[T]) {
        if let Some(room) = self.few.get_mut(self.length..self.length + items.len()) {
            room.copy_from_slice(items);
        } else {
            if self.many.is_empty() {
                self.many.extend(self.few.get(..self.length).unwrap_or_default());
            }
            self.many.extend_from_slice(items);
        }
        self.length += items.len();
    }

    pub(super) fn extend(&mut self, items: impl ExactSizeIterator<Item = T>) {
        let length = self.length + items.len();
        if let Some(room) = self.few.get_mut(self.length..length) {
            room.iter_mut().zip(items).for_each(|(room, item)| *room = item);
            self.length = length;
        } else {
            items.for_each(|item| self.push(&[item]));
        }
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    pub(super) fn as_slice(&self) -> &[T] {
        self.few.get(..self.length).unwrap_or(&self.many)
    }

    pub(super) fn as_mut_slice(&mut self) -> &mut [T] {
        self.few.get_mut(..self.length).unwrap_or(&mut self.many)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_stay_in_order_however_many() {
        for count in 0..20 {
            let mut small = Small::<u8, 8>::new();
            let items: Vec<u8> = (0..count).collect();
            items.chunks(3).for_each(|items| small.push(items));
            assert_eq!(small.as_slice(), items);
            assert_eq!(small.as_mut_slice(), items);
        }
    }
}
