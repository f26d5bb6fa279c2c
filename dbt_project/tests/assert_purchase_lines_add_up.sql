-- Gross is private plus net on every purchase line, in both currencies; unknown only under a share of 100 %.
select *
from {{ ref('fct_purchase_invoice_line') }}
where
    gross_amount <> private_amount + net_amount
    or gross_base_amount <> private_base_amount + net_base_amount
    or (private_percentage < 100 and (gross_amount is null or private_amount is null))
